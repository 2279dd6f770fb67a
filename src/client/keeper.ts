/** Keeps one connection to the gateway: opens it, opens it anew when it is lost, and stops when the gateway says so. */
import { BrokerError } from '../protocol/errors.js';
import { RECONNECT_LONGEST_MS } from '../protocol/limits.js';
import { reconnectDelay } from './backoff.js';
import type { ClientClock } from './clock.js';
import type { Connection } from './connection.js';
import type { ClientState } from './interface.js';
import { createQueue, type Repeat, type Work } from './queue.js';

export interface KeeperOptions {
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
  /** Does `work` on the connection, once there is one with room. Rejects when the client closes first or too much waits. */
  use<Result>(work: Work<Result>, repeat: Repeat): Promise<Result>;
  /** Calls of the app whose connection was lost before the answer are not repeated any more. */
  loseApp(): void;
  /** Resolves when nothing is left running. */
  close(): Promise<void>;
}

export function createKeeper(options: KeeperOptions): Keeper {
  const { clock } = options;
  const queue = createQueue(options.isAppKept);
  let state: ClientState = { type: 'connecting' };
  let connection: Connection | undefined;
  let endPause = (): void => {};
  let closing: BrokerError | undefined;

  function enter(next: ClientState): void {
    state = next;
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
      closing ??= new BrokerError('clientClosed');
      connection?.end(closing);
      endPause();
      return finished;
    },
  };
}

function refusal(error: unknown): BrokerError {
  if (error instanceof BrokerError) return error;
  return new BrokerError('connectionRefused', error instanceof Error ? error.message : String(error), { cause: error });
}
