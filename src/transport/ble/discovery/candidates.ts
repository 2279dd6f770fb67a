/** Who was heard advertising, by radio address: devices of this account that a card tells more of, and strangers. */
import {
  GONE_AFTER_MS,
  MAX_ADDRESSES_PER_TAG,
  MAX_KNOWN_DEVICES,
  MAX_STRANGER_DEVICES,
} from '../../../protocol/limits.js';
import type { Heard } from '../radio.js';
import { openHint } from './hint.js';
import type { Identity } from './identity-card.js';
import type { OwnPresence } from './own-presence.js';

export interface Candidate {
  readonly address: string;
  /** As it was heard last, in hexadecimal digits. '' makes it be read anew. */
  hint: string;
  /** Undefined: a stranger. */
  deviceTag: string | undefined;
  /** Whether it asks this device for a link. */
  wantsLink: boolean;
  /** Smoothed, in dBm. */
  rssi: number;
  heardMs: number;
  /** Once its card was read. */
  identity: Identity | undefined;
  /** It has another key than the device it says it is: whoever else says so comes first. */
  isRefused: boolean;
  readonly visit: VisitBook;
}

export interface VisitBook {
  /** The hint under which its card was read last; '' makes a visit due. */
  hint: string;
  endedMs: number;
  /** In a row. */
  failures: number;
  notBeforeMs: number;
}

export interface Candidates {
  /** Undefined: this device itself, or a stranger there is no room for. */
  hear(heard: Heard, own: OwnPresence, nowMs: number): Candidate | undefined;
  all(): readonly Candidate[];
  clear(): void;
}

/** Weight of a new measurement in exponential smoothing: single ones differ by ten dB and more, and a step is nine tenths there after ten. */
const RSSI_WEIGHT = 0.2;

export function createCandidates(): Candidates {
  const byAddress = new Map<string, Candidate>();

  function hear({ address, rssi, hint }: Heard, own: OwnPresence, nowMs: number): Candidate | undefined {
    const known = byAddress.get(address);
    const candidate = known ?? createCandidate(address, rssi);
    readHint(candidate, hint, own);
    if (candidate.deviceTag === own.deviceTag) return undefined;
    candidate.rssi += RSSI_WEIGHT * (rssi - candidate.rssi);
    candidate.heardMs = nowMs;
    if (known !== undefined) return known;
    if (!makeRoom(byAddress, candidate, nowMs)) return undefined;
    byAddress.set(address, candidate);
    return candidate;
  }

  return { hear, all: () => [...byAddress.values()], clear: () => byAddress.clear() };
}

function createCandidate(address: string, rssi: number): Candidate {
  return {
    address,
    hint: '',
    deviceTag: undefined,
    wantsLink: false,
    rssi,
    heardMs: 0,
    identity: undefined,
    isRefused: false,
    visit: { hint: '', endedMs: Number.NEGATIVE_INFINITY, failures: 0, notBeforeMs: 0 },
  };
}

/** Most advertisements repeat the last one: those cost no cryptography. */
function readHint(candidate: Candidate, bytes: Uint8Array, own: OwnPresence): void {
  const digits = Buffer.from(bytes).toString('hex');
  if (digits === candidate.hint) return;
  candidate.hint = digits;
  const hint = openHint(own.hintKey, bytes);
  if (hint?.deviceTag !== candidate.deviceTag) Object.assign(candidate, { identity: undefined, isRefused: false });
  candidate.deviceTag = hint?.deviceTag;
  candidate.wantsLink = hint?.targetTag === own.deviceTag;
}

/** Whether there is room for a new one, if need be because another is forgotten. */
function makeRoom(byAddress: Map<string, Candidate>, { deviceTag }: Candidate, nowMs: number): boolean {
  const all = [...byAddress.values()];
  if (deviceTag === undefined) {
    const strangers = all.filter((each) => each.deviceTag === undefined);
    const gone = strangers.filter(({ heardMs }) => heardMs <= nowMs - GONE_AFTER_MS);
    for (const { address } of gone) byAddress.delete(address);
    return strangers.length - gone.length < MAX_STRANGER_DEVICES;
  }
  const ours = all.filter((each) => each.deviceTag !== undefined);
  const alike = ours.filter((each) => each.deviceTag === deviceTag);
  if (alike.length >= MAX_ADDRESSES_PER_TAG) forgetOne(byAddress, alike);
  else if (ours.length >= MAX_KNOWN_DEVICES) forgetOne(byAddress, ours);
  return true;
}

/** Those that never showed a card go first, then those that were not heard for longest. */
function forgetOne(byAddress: Map<string, Candidate>, among: readonly Candidate[]): void {
  const [first] = [...among].sort(
    (some, other) =>
      Number(some.identity !== undefined) - Number(other.identity !== undefined) || some.heardMs - other.heardMs,
  );
  if (first !== undefined) byAddress.delete(first.address);
}
