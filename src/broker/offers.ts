/** Requests to connect that reached this device, by token: pending until answered, and remembered until nobody asks again. */
import type { ConnectErrorCode } from '../protocol/codes.js';
import type { OpenFrame } from '../protocol/frame.js';
import { CONNECT_TIMEOUT_MS, MAX_KEPT_ANSWERS, MAX_PENDING_OFFERS } from '../protocol/limits.js';
import type { Clock } from '../transport/clock.js';

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
  /** Who asks. Links come and go meanwhile. */
  readonly deviceId: string;
  readonly frame: OpenFrame;
  /** See conversationKey. */
  readonly key: string;
  /** When it came, as the broker's clock has it. */
  readonly receivedMs: number;
  readonly answer: Answer | undefined;
  /** Called once, when the offer is no longer pending. */
  onAnswered: (() => void) | undefined;
}

export interface Offers {
  /** Pending or answered. */
  find(token: string): Offer | undefined;
  /** Undefined when the device made too many requests lately. */
  add(deviceId: string, frame: OpenFrame, key: string): Offer | undefined;
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
  /** Requests per device that no session took: a device that takes requests back at once floods apps, too. */
  const untaken = new Map<string, number>();

  function countUntaken(deviceId: string, change: 1 | -1): void {
    const count = (untaken.get(deviceId) ?? 0) + change;
    if (count === 0) untaken.delete(deviceId);
    else untaken.set(deviceId, count);
  }

  function answer(token: string, given: Answer): boolean {
    const entry = pending.get(token);
    if (entry === undefined) return false;
    entry.answer = given;
    pending.delete(token);
    answered.set(token, entry);
    if (given.type === 'taken') countUntaken(entry.deviceId, -1);
    const [oldest] = answered.keys();
    if (answered.size > MAX_KEPT_ANSWERS && oldest !== undefined) forget(oldest);
    entry.onAnswered?.();
    return true;
  }

  function forget(token: string): void {
    answer(token, { type: 'withdrawn' });
    const entry = answered.get(token);
    if (entry === undefined) return;
    clock.clearTimeout(entry.timer);
    answered.delete(token);
    if (entry.answer?.type !== 'taken') countUntaken(entry.deviceId, -1);
  }

  return {
    answer,
    find: (token) => pending.get(token) ?? answered.get(token),
    add(deviceId, frame, key) {
      if ((untaken.get(deviceId) ?? 0) >= MAX_PENDING_OFFERS) return undefined;
      countUntaken(deviceId, 1);
      const timer = clock.setTimeout(() => forget(frame.token), CONNECT_TIMEOUT_MS);
      const receivedMs = clock.now();
      const entry: Entry = { deviceId, frame, key, receivedMs, timer, answer: undefined, onAnswered: undefined };
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
