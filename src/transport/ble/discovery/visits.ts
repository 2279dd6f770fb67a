/** Visits: connections for a moment in which a central reads a device's card and leaves its own. One at a time, and never in a hurry. */
import {
  VISIT_AGAIN_MS,
  VISIT_RETRY_FIRST_MS,
  VISIT_RETRY_LONGEST_MS,
  VISIT_TIMEOUT_MS,
} from '../../../protocol/limits.js';
import type { Clock } from '../../clock.js';
import type { BleRadio } from '../radio.js';
import type { Candidate } from './candidates.js';
import { deviceTagOf } from './hint.js';
import { type Identity, openCard, sealCard } from './identity-card.js';
import type { OwnPresence } from './own-presence.js';

export interface Visits {
  /** Visits a device that was heard just now, if it is time. */
  consider(candidate: Candidate, own: OwnPresence): void;
  close(): void;
}

export interface VisitsOptions {
  readonly clock: Clock;
  readonly log: (line: string) => void;
  /** The card of the candidate was read. */
  readonly onMet: (candidate: Candidate, identity: Identity) => void;
}

/** Strangers may show hints that they recorded under any number of addresses: no more lines of failed visits than one in this time. */
const COMPLAINT_PAUSE_MS = 60_000;

export function createVisits(radio: Pick<BleRadio, 'visit'>, { clock, log, onMet }: VisitsOptions): Visits {
  /** Ends the visit under way. */
  let underWay: AbortController | undefined;
  let complainedMs = Number.NEGATIVE_INFINITY;
  let isClosed = false;

  async function visit(candidate: Candidate, own: OwnPresence): Promise<void> {
    const { hint, visit: book } = candidate;
    try {
      const identity = await readCard(candidate, own);
      Object.assign(book, { hint, endedMs: clock.now(), failures: 0, notBeforeMs: clock.now() + VISIT_RETRY_FIRST_MS });
      if (!isClosed) onMet(candidate, identity);
    } catch (error) {
      if (book.failures === 0) complain(`cannot read the card of ${candidate.address}: ${error}`);
      const waitMs = Math.min(VISIT_RETRY_FIRST_MS * 2 ** book.failures, VISIT_RETRY_LONGEST_MS);
      Object.assign(book, { failures: book.failures + 1, notBeforeMs: clock.now() + waitMs });
    } finally {
      underWay = undefined;
    }
  }

  function complain(line: string): void {
    if (isClosed || clock.now() - complainedMs < COMPLAINT_PAUSE_MS) return;
    complainedMs = clock.now();
    log(line);
  }

  async function readCard({ address, deviceTag }: Candidate, own: OwnPresence): Promise<Identity> {
    const controller = new AbortController();
    underWay = controller;
    const timer = clock.setTimeout(() => controller.abort(new Error('the visit took too long')), VISIT_TIMEOUT_MS);
    try {
      const { signal } = controller;
      const card = await radio.visit(address, sealCard(own.cardKey, own.identity), { signal });
      const identity = openCard(own.cardKey, card);
      // A card of another device of the account was taken from there, and is shown by someone else.
      if (identity === undefined || deviceTagOf(own.hintKey, identity.deviceId) !== deviceTag) {
        throw new Error('it does not belong to its hint');
      }
      return identity;
    } finally {
      clock.clearTimeout(timer);
    }
  }

  return {
    consider(candidate, own) {
      if (underWay === undefined && !isClosed && isDue(candidate, clock.now())) void visit(candidate, own);
    },
    close() {
      isClosed = true;
      underWay?.abort(new Error('the transport was closed'));
    },
  };
}

/** A device that shows another hint may have another name, or be started anew and know nobody. Who asks for a link is dialled instead. */
function isDue({ identity, hint, wantsLink, visit }: Candidate, nowMs: number): boolean {
  if (nowMs < visit.notBeforeMs) return false;
  return identity === undefined || (!wantsLink && hint !== visit.hint) || nowMs - visit.endedMs >= VISIT_AGAIN_MS;
}
