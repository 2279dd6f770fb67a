/** Requests to connect that reached this device, by token: pending until answered, and remembered until nobody asks again. */
import type { ConnectErrorCode } from '../protocol/codes.js';
import type { OpenFrame } from '../protocol/frame.js';
import { CONNECT_TIMEOUT_MS, MAX_KEPT_ANSWERS, MAX_PENDING_OFFERS } from '../protocol/limits.js';
import type { Clock } from '../transport/clock.js';
import type { Peer } from './peer.js';

export interface Refusal {
  readonly errorCode: ConnectErrorCode;
  readonly reason: string;
}

/** What became of a request: an app's session took it, it was refused, or it is no longer wanted. */
export type Answer =
  | { readonly type: 'taken'; readonly sessionId: number }
  | { readonly type: 'refused'; readonly refusal: Refusal }
  | { readonly type: 'withdrawn' };

export interface Offer {
  readonly peer: Peer;
  readonly frame: OpenFrame;
  /** See conversationKey. */
  readonly key: string;
  readonly answer: Answer | undefined;
  /** Called once, when the offer is no longer pending. */
  onAnswered: (() => void) | undefined;
}

export interface Offers {
  /** Pending or answered. */
  find(token: string): Offer | undefined;
  /** Undefined when the peer has too many requests waiting. */
  add(peer: Peer, frame: OpenFrame, key: string): Offer | undefined;
  /** False when it is not pending: the first answer counts. */
  answer(token: string, answer: Answer): boolean;
  withdrawAll(isMeant: (offer: Offer) => boolean): void;
  clear(): void;
}

interface Entry extends Offer {
  answer: Answer | undefined;
  readonly timer: unknown;
}

export function createOffers(clock: Clock): Offers {
  const pending = new Map<string, Entry>();
  const answered = new Map<string, Entry>();

  function answer(token: string, given: Answer): boolean {
    const entry = pending.get(token);
    if (entry === undefined) return false;
    entry.answer = given;
    pending.delete(token);
    answered.set(token, entry);
    const [oldest] = answered.keys();
    if (answered.size > MAX_KEPT_ANSWERS && oldest !== undefined) forget(oldest);
    entry.onAnswered?.();
    return true;
  }

  function forget(token: string): void {
    answer(token, { type: 'withdrawn' });
    clock.clearTimeout(answered.get(token)?.timer);
    answered.delete(token);
  }

  return {
    answer,
    find: (token) => pending.get(token) ?? answered.get(token),
    add(peer, frame, key) {
      if (pending.size >= MAX_PENDING_OFFERS && countFrom(peer, pending) >= MAX_PENDING_OFFERS) return undefined;
      const timer = clock.setTimeout(() => forget(frame.token), CONNECT_TIMEOUT_MS);
      const entry: Entry = { peer, frame, key, timer, answer: undefined, onAnswered: undefined };
      pending.set(frame.token, entry);
      return entry;
    },
    withdrawAll(isMeant) {
      for (const entry of [...pending.values()]) {
        if (isMeant(entry)) answer(entry.frame.token, { type: 'withdrawn' });
      }
    },
    clear() {
      for (const token of [...pending.keys(), ...answered.keys()]) forget(token);
    },
  };
}

function countFrom(peer: Peer, entries: ReadonlyMap<string, Entry>): number {
  let count = 0;
  for (const entry of entries.values()) if (entry.peer === peer) count += 1;
  return count;
}
