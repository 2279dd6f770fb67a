/** Keeps one connection to the gateway: opens it, opens it anew when it is lost, and stops when the gateway says so. */

import { RECONNECT_LONGEST_MS } from '../protocol/client-limits.js';
import { BrokerError } from '../protocol/errors.js';
import { reconnectDelay } from './backoff.js';
import { type ClientClock, startTimer } from './clock.js';
import type { Connection } from './connection.js';
import type { ClientState } from './interface.js';
import { type CallRules, createQueue, type Work } from './queue.js';
import { detailOf } from './rpc-error.js';

export interface KeeperOptions {
  /** Of the gateway, for people. */
  readonly url: string;
  /** How long the first connection may take. */
  readonly connectTimeoutMs: number;
  open(): Promise<Connection>;
  /** Brings the app and the subscriptions back, before any call that waits. */
  restore(connection: Connection): Promise<void>;
  /** Whether the gateway still keeps the app, and with it the memory of its calls. */
  isAppKept(): boolean;
  onLost(connection: Connection): void;
  onState(state: ClientState): void;
  readonly isReconnecting: boolean;
  readonly clock: ClientClock;
  /** From 0 to below 1. */
  random(): number;
}

export interface Keeper {
  readonly state: ClientState;
  /** Does `work` on the connection, once there is one with room. Rejects when the client closes first, too much waits, or it waits too long. */
  use<Result>(work: Work<Result>, rules: CallRules): Promise<Result>;
  /** Calls of the app whose connection was lost before the answer are not repeated any more. */
  loseApp(): void;
  /** Resolves when nothing is left running. */
  close(): Promise<void>;
}

export function createKeeper(options: KeeperOptions): Keeper {
  const { clock, connectTimeoutMs } = options;
  const queue = createQueue(options);
  let state: ClientState = { type: 'connecting' };
  let connection: Connection | undefined;
  let endPause = (): void => {};
  let closing: BrokerError | undefined;
  let failure: BrokerError | undefined;
  const stopTimer = startTimer(clock, connectTimeoutMs, () => end(neverConnected(options, failure)));

  function enter(next: ClientState): void {
    state = next;
    if (next.type === 'connected' || next.type === 'closed') stopTimer();
    if (next.type === 'waiting') failure = next.error;
    options.onState(next);
  }

  /** One connection from dialling to its end; answers why it ended. */
  async function hold(): Promise<BrokerError> {
    connection = undefined;
    try {
      connection = await options.open();
      if (closing !== undefined) connection.end(closing);
      const gateway = await connection.opened;
      await options.restore(connection);
      enter({ type: 'connected', gateway });
      queue.openTo(connection);
      return await connection.ended;
    } catch (error) {
      if (connection === undefined || !(error instanceof BrokerError)) return refusal(error);
      connection.end(error);
      return await connection.ended;
    } finally {
      queue.hold();
      if (connection !== undefined) options.onLost(connection);
    }
  }

  async function keep(): Promise<BrokerError> {
    for (let failures = 1; ; failures += 1) {
      const startedAt = clock.now();
      const why = await hold();
      if (closing !== undefined) return closing;
      if (!why.isRetryable || !options.isReconnecting) return why;
      // A connection that lasted was none of the failures in a row.
      if (clock.now() - startedAt > RECONNECT_LONGEST_MS) failures = 1;
      const retryInMs = reconnectDelay(failures, options.random());
      enter({ type: 'waiting', error: why, retryInMs });
      await pause(retryInMs);
      if (closing !== undefined) return closing;
      enter({ type: 'connecting' });
    }
  }

  function pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = clock.setTimeout(resolve, delayMs);
      endPause = () => {
        clock.clearTimeout(timer);
        resolve();
      };
    });
  }

  function end(why: BrokerError): void {
    closing ??= why;
    connection?.end(closing);
    endPause();
  }

  const finished = keep().then((error) => {
    enter({ type: 'closed', error });
    queue.close(error);
    return connection?.gone;
  });

  return {
    get state() {
      return state;
    },
    use: queue.add,
    loseApp: queue.loseApp,
    close() {
      end(new BrokerError('clientClosed'));
      return finished;
    },
  };
}

function neverConnected({ url, connectTimeoutMs }: KeeperOptions, failure: BrokerError | undefined): BrokerError {
  const { protocol, host, pathname } = new URL(url); // less what it may hold of credentials
  const why = failure === undefined ? 'It does not answer.' : detailOf(failure.kind, failure.message);
  const words = `There was no connection to ${protocol}//${host}${pathname} within ${connectTimeoutMs / 1_000} s. ${why}`;
  return new BrokerError('gatewayUnreachable', words);
}

function refusal(error: unknown): BrokerError {
  if (error instanceof BrokerError) return error;
  return new BrokerError('connectionRefused', error instanceof Error ? error.message : String(error), { cause: error });
}
