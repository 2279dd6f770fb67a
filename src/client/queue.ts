/** Calls that wait for a connection, for room on it, or for their answer; in order, also across connections. */
import { BrokerError } from '../protocol/errors.js';
import { MAX_WAITING_CALLS } from '../protocol/limits.js';
import type { Connection } from './connection.js';

export type Work<Result> = (connection: Connection) => Promise<Result>;

/**
 * What becomes of a call whose connection is lost before its answer: `never` fails, `always` is made again on the next connection, and
 * `forApp` likewise while the gateway keeps the app, which remembers what it has carried out.
 */
export type Repeat = 'never' | 'always' | 'forApp';

export interface Queue {
  /** Rejects with `tooManyInFlight` when too much waits, with `connectionLost`, or with why the queue is closed. */
  add<Result>(work: Work<Result>, repeat: Repeat): Promise<Result>;
  /** From now on calls go to this connection: first those that are repeated, in the order in which they were made. */
  openTo(connection: Connection): void;
  /** From now on calls wait. */
  hold(): void;
  /** The app is lost to the gateway, and with it the memory of its calls: those that may have been carried out fail. */
  loseApp(): void;
  /** Fails what waits and all that comes. */
  close(why: BrokerError): void;
}

interface Entry {
  readonly work: Work<unknown>;
  readonly repeat: Repeat;
  readonly resolve: (result: unknown) => void;
  readonly reject: (why: unknown) => void;
  /** Counts the calls in the order in which they were made. */
  readonly turn: number;
  /** The connection that broke before it answered; undefined until that happened. */
  lost: BrokerError | undefined;
}

/** `isAppKept`: whether the gateway still keeps the app, as far as this client can know. */
export function createQueue(isAppKept: () => boolean): Queue {
  const waiting: Entry[] = [];
  let turn = 0;
  let target: Connection | undefined;
  let closedFor: BrokerError | undefined;

  function advance(): void {
    while (target?.hasRoom()) {
      const next = waiting.shift();
      if (next === undefined) return;
      start(next, target);
    }
  }

  function start(entry: Entry, connection: Connection): void {
    entry.work(connection).then(
      (result) => {
        entry.resolve(result);
        advance();
      },
      (error: unknown) => {
        if (error instanceof BrokerError && error.kind === 'connectionLost') lose(entry, error);
        else entry.reject(error);
        advance();
      },
    );
  }

  function lose(entry: Entry, why: BrokerError): void {
    const isLost = entry.repeat === 'never' || (entry.repeat === 'forApp' && !isAppKept());
    if (isLost || closedFor !== undefined) return entry.reject(why);
    entry.lost = why;
    const at = waiting.findIndex((other) => other.turn > entry.turn);
    waiting.splice(at === -1 ? waiting.length : at, 0, entry);
  }

  return {
    add: <Result>(work: Work<Result>, repeat: Repeat) =>
      new Promise<Result>((resolve, reject) => {
        if (closedFor !== undefined) return reject(closedFor);
        turn += 1;
        const settle = resolve as (result: unknown) => void; // what `work` of the same entry resolves with
        const entry: Entry = { work, repeat, resolve: settle, reject, turn, lost: undefined };
        if (waiting.length === 0 && target?.hasRoom()) return start(entry, target);
        if (waiting.length >= MAX_WAITING_CALLS) return reject(new BrokerError('tooManyInFlight'));
        waiting.push(entry);
      }),
    openTo(connection) {
      target = connection;
      advance();
    },
    hold() {
      target = undefined;
    },
    loseApp() {
      for (const entry of waiting.splice(0)) {
        if (entry.lost !== undefined && entry.repeat === 'forApp') entry.reject(entry.lost);
        else waiting.push(entry);
      }
    },
    close(why) {
      closedFor = why;
      for (const { lost, reject } of waiting.splice(0)) reject(lost ?? why);
    },
  };
}
