/** A pair of joined links within one process. */
import { ReplaySubject, Subject } from 'rxjs';
import type { Clock } from './clock.js';
import { arrives, type Fate, type Faults, vanishes } from './faults.js';
import { createInbox, type Inbox } from './inbox.js';
import { createLane, type Lane } from './lane.js';
import type { Link, LinkEnd } from './transport.js';
import type { Turns } from './turns.js';

/** What the air shares with its links. */
export interface LinkSurroundings {
  readonly clock: Clock;
  readonly turns: Turns;
  readonly packetBytes: number;
  readonly isSealed: boolean;
  /** As they are now. */
  readonly faults: () => Faults;
  readonly fate: () => Fate;
}

/** One end of a link, as the air sees it. */
export interface MemoryLink {
  readonly deviceId: string;
  readonly far: MemoryLink;
  readonly link: Link;
  /** Ends this side only. */
  end(end: LinkEnd): void;
  /** Nothing reaches the other side, though the link looks open. */
  setPartitioned(isPartitioned: boolean): void;
  /** Nothing is read here: packets wait, and vanish once RECEIVE_BUFFER_PACKETS wait already. */
  setStalled(isStalled: boolean): void;
}

/** Unread packets a host keeps before it loses them without a word: what Linux keeps of 244-byte packets in 208 KiB. */
const RECEIVE_BUFFER_PACKETS = 168;

/** The dialling end comes first. */
export function createMemoryLinks(
  around: LinkSurroundings,
  diallerId: string,
  listenerId: string,
): [dialler: MemoryLink, listener: MemoryLink] {
  const dialler = createEnd(around, () => listener);
  const listener = createEnd(around, () => dialler);
  const diallerLink = present(dialler, true, diallerId, () => listenerLink);
  const listenerLink = present(listener, false, listenerId, () => diallerLink);
  return [diallerLink, listenerLink];
}

interface State {
  readonly around: LinkSurroundings;
  readonly far: () => State;
  readonly packets: Inbox<Uint8Array>;
  readonly packetLane: Lane<Uint8Array>;
  readonly values: Inbox<unknown>;
  readonly valueLane: Lane<unknown>;
  readonly writable: Subject<void>;
  readonly ended: ReplaySubject<LinkEnd>;
  isEnded: boolean;
  isPartitioned: boolean;
  isStalled: boolean;
}

function createEnd(around: LinkSurroundings, far: () => State): State {
  const { clock, turns } = around;
  const writable = new Subject<void>();
  const state: State = {
    around,
    far,
    packets: createInbox(RECEIVE_BUFFER_PACKETS),
    packetLane: createLane({
      clock,
      turns,
      capacity: () => around.faults().capacityPackets,
      fate: () => (state.isPartitioned ? vanishes : around.fate()),
      onArrive: (packet) => far().packets.push(packet),
      onRoom: () => writable.next(),
    }),
    values: createInbox(),
    // Values may be late, but neither lost nor overtaken: nothing above them would notice.
    valueLane: createLane({
      clock,
      turns,
      capacity: () => Number.POSITIVE_INFINITY,
      fate: () => ({ ...arrives, delayMs: around.faults().delayMs[0] }),
      onArrive: (value) => far().values.push(value),
      onRoom: () => {},
    }),
    writable,
    ended: new ReplaySubject(1),
    isEnded: false,
    isPartitioned: false,
    isStalled: false,
  };
  return state;
}

function present(state: State, isDialler: boolean, deviceId: string, far: () => MemoryLink): MemoryLink {
  const { isSealed, packetBytes } = state.around;
  const handOver = {
    post: (value: unknown) => void (state.isEnded || state.valueLane.put(value)),
    values$: state.values.items$,
  };
  return {
    deviceId,
    get far() {
      return far();
    },
    link: {
      isDialler,
      packetBytes,
      packets$: state.packets.items$,
      write: (packet) => write(state, packet),
      writable$: state.writable.asObservable(),
      ended$: state.ended.asObservable(),
      close: (end = 'closed-here') => close(state, end),
      ...(isSealed ? {} : { handOver }),
    },
    end: (end) => endHere(state, end),
    setPartitioned: (isPartitioned) => {
      state.isPartitioned = isPartitioned;
      hold(state);
    },
    setStalled: (isStalled) => {
      state.isStalled = isStalled;
      hold(state);
    },
  };
}

function write(state: State, packet: Uint8Array): boolean {
  const { packetBytes } = state.around;
  if (packet.length > packetBytes) {
    throw new RangeError(`a packet of ${packet.length} bytes is too long: ${packetBytes} fit`);
  }
  return !state.isEnded && state.packetLane.put(packet);
}

function close(state: State, end: LinkEnd): void {
  if (state.isEnded) return;
  finish(state, end);
  // Joins the queue behind what was written in this turn, so that it is read first.
  state.around.turns.later(() => {
    stop(state);
    if (!state.isPartitioned) endHere(state.far(), 'closed-there');
  });
}

function endHere(state: State, end: LinkEnd): void {
  if (!state.isEnded) {
    stop(state);
    finish(state, end);
  }
}

function stop(state: State): void {
  state.packetLane.stop();
  state.valueLane.stop();
}

function finish(state: State, end: LinkEnd): void {
  state.isEnded = true;
  state.packets.end();
  state.values.end();
  state.writable.complete();
  state.ended.next(end);
  state.ended.complete();
}

function hold(state: State): void {
  state.packets.hold(state.isStalled);
  state.values.hold(state.isStalled || state.isPartitioned);
}
