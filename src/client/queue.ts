/** Calls that wait for a connection, for room on it, or for their answer; in order, also across connections. */

import { MAX_WAITING_CALLS } from '../protocol/client-limits.js';
import { BrokerError } from '../protocol/errors.js';
import { type ClientClock, startTimer } from './clock.js';
import type { Connection } from './connection.js';

export type Work<Result> = (connection: Connection) => Promise<Result>;

/**
 * What becomes of a call whose connection is lost before its answer: `never` fails, `always` is made again on the next connection, and
 * `forApp` likewise while the gateway keeps the app, which remembers what it has carried out.
 */
export type Repeat = 'never' | 'always' | 'forApp';

/** What the queue knows of a call besides what it does. */
export interface CallRules {
  /** For people. */
  readonly name: string;
  readonly repeat: Repeat;
  /** How long it may take; Infinity is for ever. */
  readonly timeoutMs: number;
  /** Its time runs only without a connection, and anew whenever one is lost: what it waits for with one is the peer. */
  readonly isPatient?: boolean;
  /** Of its data. */
  readonly bytes?: number;
}

export interface Queue {
  /** Rejects with `tooManyInFlight` when too much waits, when its time is over, with `connectionLost`, or with why the queue is closed. */
  add<Result>(work: Work<Result>, rules: CallRules): Promise<Result>;
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
  readonly rules: CallRules;
  readonly resolve: (result: unknown) => void;
  readonly reject: (why: unknown) => void;
  /** Counts the calls in the order in which they were made. */
  readonly turn: number;
  stopTimer: () => void;
  isOverdue: boolean;
  /** The connection that broke before it answered; undefined until that happened. */
  lost: BrokerError | undefined;
}

export interface QueueOptions {
  readonly clock: ClientClock;
  /** Whether the gateway still keeps the app, as far as this client can know. */
  isAppKept(): boolean;
}

export function createQueue({ clock, isAppKept }: QueueOptions): Queue {
  const waiting: Entry[] = [];
  let turn = 0;
  let target: Connection | undefined;
  let closedFor: BrokerError | undefined;

  function advance(): void {
    for (let next = waiting[0]; next !== undefined && target?.hasRoom(next.rules.bytes); next = waiting[0]) {
      waiting.shift();
      start(next, target);
    }
  }

  function start(entry: Entry, connection: Connection): void {
    attempt(entry.work, connection).then(
      (result) => {
        entry.stopTimer();
        entry.resolve(result);
        advance();
      },
      (error: unknown) => {
        if (error instanceof BrokerError && error.kind === 'connectionLost') lose(entry, error);
        else fail(entry, error);
        advance();
      },
    );
  }

  function lose(entry: Entry, why: BrokerError): void {
    const { repeat } = entry.rules;
    const isLost = repeat === 'never' || (repeat === 'forApp' && !isAppKept());
    if (isLost || entry.isOverdue || closedFor !== undefined) return fail(entry, why);
    entry.lost = why;
    const at = waiting.findIndex((other) => other.turn > entry.turn);
    waiting.splice(at === -1 ? waiting.length : at, 0, entry);
    if (entry.rules.isPatient) limit(entry);
  }

  function limit(entry: Entry): void {
    entry.stopTimer();
    if (entry.rules.isPatient && target !== undefined) return;
    entry.stopTimer = startTimer(clock, entry.rules.timeoutMs, () => expire(entry));
  }

  function limitPatient(): void {
    for (const entry of waiting) if (entry.rules.isPatient) limit(entry);
  }

  /** Nobody waits for it any more: what was not sent by now is never sent. */
  function expire(entry: Entry): void {
    entry.isOverdue = true;
    const at = waiting.indexOf(entry);
    if (at === -1) return entry.reject(new BrokerError('callTimedOut', `${wait(entry)}.`));
    waiting.splice(at, 1);
    entry.reject(whyUnsent(entry, target !== undefined));
    advance();
  }

  return {
    add: <Result>(work: Work<Result>, rules: CallRules) =>
      new Promise<Result>((resolve, reject) => {
        if (closedFor !== undefined) return reject(closedFor);
        turn += 1;
        const settle = resolve as (result: unknown) => void; // what `work` of the same entry resolves with
        const state = { stopTimer: () => {}, isOverdue: false, lost: undefined };
        const entry: Entry = { work, rules, resolve: settle, reject, turn, ...state };
        const isNext = waiting.length === 0 && target?.hasRoom(rules.bytes);
        if (!isNext && waiting.length >= MAX_WAITING_CALLS) return reject(new BrokerError('tooManyInFlight'));
        limit(entry);
        waiting.push(entry);
        if (isNext) advance();
      }),
    openTo(connection) {
      target = connection;
      limitPatient();
      advance();
    },
    hold() {
      if (target === undefined) return;
      target = undefined;
      limitPatient();
    },
    loseApp() {
      for (const entry of waiting.splice(0)) {
        if (entry.lost !== undefined && entry.rules.repeat === 'forApp') fail(entry, entry.lost);
        else waiting.push(entry);
      }
    },
    close(why) {
      closedFor = why;
      for (const entry of waiting.splice(0)) fail(entry, entry.lost ?? why);
    },
  };
}

/** Work that throws instead of rejecting fails alike: it is one call that went wrong, not the connection. */
function attempt(work: Work<unknown>, connection: Connection): Promise<unknown> {
  try {
    return work(connection);
  } catch (error) {
    return Promise.reject(error);
  }
}

function fail(entry: Entry, why: unknown): void {
  entry.stopTimer();
  entry.reject(why);
}

function whyUnsent(entry: Entry, isConnected: boolean): BrokerError {
  if (entry.lost !== undefined) return new BrokerError('connectionLost', `${wait(entry)}.`, { cause: entry.lost });
  const words = `${wait(entry)}, and was not sent.`;
  return new BrokerError(isConnected ? 'tooManyInFlight' : 'gatewayUnreachable', words);
}

function wait({ rules }: Entry): string {
  return `${rules.name} waited ${rules.timeoutMs / 1_000} s`;
}
