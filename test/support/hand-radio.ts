/** A radio that the test drives by hand: it hears what the test says, and its calls are answered by the test. */
import { BehaviorSubject, NEVER, ReplaySubject, Subject } from 'rxjs';
import type { RadioState } from '../../src/protocol/codes.js';
import { sealHint } from '../../src/transport/ble/discovery/hint.js';
import { sealCard } from '../../src/transport/ble/discovery/identity-card.js';
import { createOwnPresence, type OwnPresence } from '../../src/transport/ble/discovery/own-presence.js';
import type { Advertisement, BleRadio, Heard } from '../../src/transport/ble/radio.js';
import { presenceOf } from '../../src/transport/contract/stage.js';
import { DialError, type Link, type LinkEnd } from '../../src/transport/transport.js';

/** A call of `connect` or `visit`; aborting it rejects, as the port says. */
export interface HandCall<Answer> {
  readonly address: string;
  readonly signal: AbortSignal;
  readonly succeed: (answer: Answer) => void;
  readonly fail: (error?: Error) => void;
}

export interface HandVisit extends HandCall<Uint8Array> {
  readonly card: Uint8Array;
}

export interface HandRadio {
  readonly radio: BleRadio;
  readonly advertised: Advertisement[];
  readonly connects: HandCall<Link>[];
  readonly visits: HandVisit[];
  hear(heard: Heard): void;
  leaveCard(card: Uint8Array): void;
  setState(state: RadioState): void;
  /** Subscriptions to its streams. */
  isObserved(): boolean;
}

export function createHandRadio({ hasCentral = true, hasPeripheral = false } = {}): HandRadio {
  const state = new BehaviorSubject<RadioState>('poweredOn');
  const heard = new Subject<Heard>();
  const cards = new Subject<Uint8Array>();
  const advertised: Advertisement[] = [];
  const connects: HandCall<Link>[] = [];
  const visits: HandVisit[] = [];
  const radio: BleRadio = {
    hasCentral,
    hasPeripheral,
    state$: state,
    heard$: heard,
    cards$: cards,
    incoming$: NEVER,
    advertise: (advertisement) => void advertised.push(advertisement),
    connect: (address, { signal }) =>
      new Promise((resolve, reject) => void connects.push(callOf(address, signal, resolve, reject))),
    visit: (address, card, { signal }) =>
      new Promise((resolve, reject) => void visits.push({ ...callOf(address, signal, resolve, reject), card })),
    async close() {
      for (const subject of [state, heard, cards]) subject.complete();
    },
  };
  return {
    radio,
    advertised,
    connects,
    visits,
    hear: (each) => heard.next(each),
    leaveCard: (card) => cards.next(card),
    setState: (next) => state.next(next),
    isObserved: () => state.observed || heard.observed || cards.observed,
  };
}

function callOf<Answer>(
  address: string,
  signal: AbortSignal,
  succeed: (answer: Answer) => void,
  reject: (error: Error) => void,
): HandCall<Answer> {
  const fail = (error: Error = new DialError('not-in-range', 'nobody there')): void => reject(error);
  signal.addEventListener('abort', () => reject(new DialError('aborted', 'aborted')), { once: true });
  return { address, signal, succeed, fail };
}

/** Another device as the air shows it. */
export interface OtherDevice {
  readonly own: OwnPresence;
  card(): Uint8Array;
  /** What is heard of it; its hint is new with each call unless one is given. */
  heard(changes?: Partial<Heard> & { readonly target?: OwnPresence }): Heard;
}

/** Of the account of `presenceOf`, unless the tag says otherwise. */
export function createOther(deviceId: string, { accountTag = presenceOf(deviceId).accountTag } = {}): OtherDevice {
  const own = createOwnPresence({ ...presenceOf(deviceId), accountTag });
  const { hintKey, cardKey, deviceTag, identity } = own;
  return {
    own,
    card: () => sealCard(cardKey, identity),
    heard: ({ target, ...changes } = {}) => ({
      address: `address of ${deviceId}`,
      rssi: -60,
      hint: sealHint(hintKey, { deviceTag, targetTag: target?.deviceTag }),
      ...changes,
    }),
  };
}

/** A link that does nothing but end when the test says so. */
export function createHandLink(): { readonly link: Link; end(end: LinkEnd): void } {
  const ended = new ReplaySubject<LinkEnd>(1);
  const end = (reason: LinkEnd): void => {
    ended.next(reason);
    ended.complete();
  };
  const link: Link = {
    isDialler: true,
    packetBytes: 20,
    packets$: NEVER,
    write: () => false,
    writable$: NEVER,
    ended$: ended,
    close: (reason = 'closed-here') => end(reason),
  };
  return { link, end };
}
