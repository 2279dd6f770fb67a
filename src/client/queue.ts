/** Calls that wait for a connection, or for room on it; in order. */
import { BrokerError } from '../protocol/errors.js';
import { MAX_WAITING_CALLS } from '../protocol/limits.js';
import type { Connection } from './connection.js';

type Work<Result> = (connection: Connection) => Promise<Result>;

export interface Queue {
  /** Rejects with `tooManyInFlight` when too much waits, or with why the queue is closed. */
  add<Result>(work: Work<Result>): Promise<Result>;
  /** From now on calls go to this connection. */
  openTo(connection: Connection): void;
  /** From now on calls wait. */
  hold(): void;
  /** Fails what waits and all that comes. */
  close(why: BrokerError): void;
}

interface Waiting {
  start(connection: Connection): void;
  reject(why: BrokerError): void;
}

export function createQueue(): Queue {
  const waiting: Waiting[] = [];
  let target: Connection | undefined;
  let closedFor: BrokerError | undefined;

  function advance(): void {
    while (target?.hasRoom()) {
      const next = waiting.shift();
      if (next === undefined) return;
      next.start(target);
    }
  }

  return {
    add(work) {
      if (closedFor !== undefined) return Promise.reject(closedFor);
      if (waiting.length === 0 && target?.hasRoom()) return work(target).finally(advance);
      if (waiting.length >= MAX_WAITING_CALLS) return Promise.reject(new BrokerError('tooManyInFlight'));
      return new Promise((resolve, reject) => {
        waiting.push({ start: (connection) => void work(connection).finally(advance).then(resolve, reject), reject });
      });
    },
    openTo(connection) {
      target = connection;
      advance();
    },
    hold() {
      target = undefined;
    },
    close(why) {
      closedFor = why;
      for (const { reject } of waiting.splice(0)) reject(why);
    },
  };
}
