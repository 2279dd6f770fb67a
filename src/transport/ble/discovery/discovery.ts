/** Who is in range: hints that are heard, cards that are read on visits, cards that visitors left, and links that are open. */
import { filter, map, type Observable, Subject, type Subscription } from 'rxjs';
import type { RadioState } from '../../../protocol/codes.js';
import type { Clock } from '../../clock.js';
import type { Link, LinkEnd, Sighting } from '../../transport.js';
import type { BleRadio, Heard } from '../radio.js';
import { type Candidate, type Candidates, createCandidates } from './candidates.js';
import { type Identity, openCard } from './identity-card.js';
import { createKnownDevices, type KnownDevice, type KnownDevices } from './known-devices.js';
import type { OwnPresence } from './own-presence.js';
import { isHeard, isPresent, type Moment, NEVER, nextExpiryMs, sightingOf, strangerSighting } from './range.js';
import { createSightingList, type SightingList } from './sighting-list.js';
import { createVisits, type Visits } from './visits.js';

export interface Discovery {
  /** Replays the devices in range, then the whole list again whenever it changes. */
  readonly sightings$: Observable<readonly Sighting[]>;
  /** From now on devices of this account are known. */
  show(own: OwnPresence): void;
  /** Undefined: it was never met, or is out of range. `isRadioOff`: its last words. */
  find(deviceId: string): Found | undefined;
  /** The address of the device each time it is heard. */
  heard$(deviceId: string): Observable<string>;
  /** While a device is dialled it is not visited. Returns what ends that. */
  beginDial(deviceId: string): () => void;
  /** A link to the device was dialled, at this address. */
  noteLink(deviceId: string, address: string, link: Link): void;
  close(): void;
}

export interface Found {
  /** Where it was heard last; undefined for a device that is in range for another reason. */
  readonly address: string | undefined;
  readonly heardMs: number;
  readonly isRadioOff: boolean;
}

export interface DiscoveryOptions {
  readonly clock: Clock;
  readonly log: (line: string) => void;
  readonly goneAfterMs: number;
}

type Ears = Pick<BleRadio, 'state$' | 'heard$' | 'cards$' | 'visit'>;

export function createDiscovery(radio: Ears, options: DiscoveryOptions): Discovery {
  const state: State = {
    ...options,
    candidates: createCandidates(),
    devices: createKnownDevices(),
    list: createSightingList(),
    visits: createVisits(radio, { ...options, onMet: (candidate, identity) => meet(state, candidate, identity) }),
    heard: new Subject(),
    dialled: new Set(),
    own: undefined,
    timer: undefined,
  };
  const subscription = radio.heard$.subscribe((heard) => hear(state, heard));
  subscription.add(radio.cards$.subscribe((card) => takeCard(state, card)));
  subscription.add(radio.state$.subscribe((radioState) => noteRadio(state, radioState)));
  return {
    sightings$: state.list.sightings$,
    show: (own) => show(state, own),
    find: (deviceId) => find(state, deviceId),
    heard$: (wanted) =>
      state.heard.pipe(
        filter(({ deviceId }) => deviceId === wanted),
        map(({ address }) => address),
      ),
    beginDial(deviceId) {
      const dial = { deviceId };
      state.dialled.add(dial);
      return () => void state.dialled.delete(dial);
    },
    noteLink: (deviceId, address, link) => noteLink(state, { deviceId, address }, link),
    close: () => close(state, subscription),
  };
}

interface State extends DiscoveryOptions {
  readonly candidates: Candidates;
  readonly devices: KnownDevices;
  readonly list: SightingList;
  readonly visits: Visits;
  readonly heard: Subject<{ readonly deviceId: string; readonly address: string }>;
  readonly dialled: Set<{ readonly deviceId: string }>;
  own: OwnPresence | undefined;
  /** Ends when the next device may be gone. */
  timer: unknown;
}

function show(state: State, own: OwnPresence): void {
  const isSame = own.accountTag === state.own?.accountTag && own.deviceTag === state.own.deviceTag;
  state.own = own;
  if (!isSame) {
    state.candidates.clear();
    state.devices.clear();
  }
  makeVisitsDue(state);
  refresh(state);
}

function hear(state: State, heard: Heard): void {
  const { own, clock, candidates, devices, visits } = state;
  const candidate = own && candidates.hear(heard, own, clock.now());
  if (candidate === undefined || own === undefined) return;
  const { identity, address } = candidate;
  if (candidate.deviceTag === undefined) return tellIfNews(state, strangerSighting(candidate));
  if (identity !== undefined) {
    // A card from elsewhere may be newer than the one that this candidate showed.
    const device = devices.get(identity.deviceId) ?? devices.meet(identity);
    if (isPreferred(state, candidate, device)) {
      Object.assign(device, { candidate, isRadioOff: false });
      tellIfNews(state, sightingOf(device, own.accountTag, momentOf(state)));
      state.heard.next({ deviceId: identity.deviceId, address });
    }
  }
  const isDialled = [...state.dialled].some(({ deviceId }) => deviceId === identity?.deviceId);
  if (!isDialled) visits.consider(candidate, own);
}

/** Two devices may have the same id: one whose key was refused counts only while no other one is there. */
function isPreferred(state: State, candidate: Candidate, { candidate: present, links }: KnownDevice): boolean {
  if (!candidate.isRefused || present === undefined || present.isRefused) return true;
  return links === 0 && !isHeard(present, momentOf(state));
}

/** Its card was read on a visit. */
function meet(state: State, candidate: Candidate, identity: Identity): void {
  candidate.identity = identity;
  const device = state.devices.meet(identity);
  if (isPreferred(state, candidate, device)) device.candidate = candidate;
  refresh(state);
}

/** It left its card on a visit. */
function takeCard(state: State, card: Uint8Array): void {
  const { own, clock } = state;
  const identity = own && openCard(own.cardKey, card);
  if (identity === undefined || identity.deviceId === own?.identity.deviceId) return;
  Object.assign(state.devices.meet(identity), { cardMs: clock.now(), isRadioOff: false });
  refresh(state);
}

/** With the radio off nobody is in range; after any pause, devices may have been started anew. */
function noteRadio(state: State, radioState: RadioState): void {
  if (radioState === 'poweredOn') return;
  makeVisitsDue(state);
  if (radioState === 'unknown' || radioState === 'resetting') return;
  for (const candidate of state.candidates.all()) candidate.heardMs = NEVER;
  for (const device of state.devices.all()) device.cardMs = NEVER;
  refresh(state);
}

function makeVisitsDue({ candidates }: State): void {
  for (const { visit } of candidates.all()) visit.hint = '';
}

function noteLink(
  state: State,
  { deviceId, address }: { readonly deviceId: string; readonly address: string },
  link: Link,
): void {
  const device = state.devices.get(deviceId);
  if (device === undefined) return;
  const candidate = state.candidates.all().find((each) => each.address === address);
  device.links += 1;
  // What it asked for it has; and a hint from before the link says nothing once it is over.
  if (candidate !== undefined) Object.assign(candidate, { wantsLink: false, hint: '' });
  refresh(state);
  link.ended$.subscribe((end) => {
    device.links -= 1;
    device.isRadioOff = end === 'peer-radio-off';
    if (candidate !== undefined && end !== 'radio-off') {
      candidate.heardMs = device.isRadioOff ? NEVER : state.clock.now();
    }
    if (device.isRadioOff) device.cardMs = NEVER;
    if (candidate !== undefined && NOT_PROVED.has(end)) refuse(state, candidate, device);
    refresh(state);
  });
}

/** With these ends of a link its other side did not prove to be the device: another key, or a hint and a card that were recorded. */
const NOT_PROVED: ReadonlySet<LinkEnd> = new Set([
  'key-changed',
  'wrong-account',
  'handshake-timeout',
  'record-not-authentic',
]);

/** Whoever else says that he is the device takes its place, if he is heard. */
function refuse(state: State, candidate: Candidate, device: KnownDevice): void {
  candidate.isRefused = true;
  const { deviceId } = device.identity;
  const moment = momentOf(state);
  const other = state.candidates
    .all()
    .find((each) => each.identity?.deviceId === deviceId && !each.isRefused && isHeard(each, moment));
  if (other !== undefined) device.candidate = other;
}

function find(state: State, deviceId: string): Found | undefined {
  const device = state.devices.get(deviceId);
  const moment = momentOf(state);
  if (device === undefined || !(device.isRadioOff || isPresent(device, moment))) return undefined;
  const { candidate, isRadioOff } = device;
  const heard = candidate !== undefined && isHeard(candidate, moment) ? candidate : undefined;
  return { address: heard?.address, heardMs: heard?.heardMs ?? NEVER, isRadioOff };
}

function momentOf({ clock, goneAfterMs }: State): Moment {
  return { nowMs: clock.now(), goneAfterMs };
}

/** What an advertisement changes is mostly nothing: the list is made anew only for news. */
function tellIfNews(state: State, sighting: Sighting): void {
  if (state.list.isNews(sighting, state.clock.now())) refresh(state);
}

function refresh(state: State): void {
  const { own, clock, devices, candidates, list } = state;
  if (own === undefined) return;
  const moment = momentOf(state);
  const present = devices.all().filter((device) => isPresent(device, moment));
  const strangers = candidates.all().filter((each) => each.deviceTag === undefined && isHeard(each, moment));
  list.update(
    [
      ...present.map((device) => sightingOf(device, own.accountTag, moment)),
      ...strangers.map((candidate) => strangerSighting(candidate)),
    ],
    moment.nowMs,
  );
  clock.clearTimeout(state.timer);
  const expiryMs = nextExpiryMs(present, strangers, moment);
  if (expiryMs !== undefined) state.timer = clock.setTimeout(() => refresh(state), expiryMs - moment.nowMs);
}

function close(state: State, subscription: Subscription): void {
  subscription.unsubscribe();
  state.visits.close();
  state.clock.clearTimeout(state.timer);
  state.own = undefined;
  state.list.close();
  state.heard.complete();
}
