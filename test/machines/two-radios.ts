/** The world of the peer exploration: two devices, the links between them, and what happens when a chart acts on a link. */
import type { PeerContext, PeerEvent } from '../../src/machines/peer.js';
import type { Position, PureChart } from './pure-chart.js';

/** 0 is the device with the smaller id: a link it dials is preferred. */
export type DeviceNumber = 0 | 1;

/** One link from its first packet on. An end is opening until it is secured there, held while its broker keeps it, and gone after that. */
export interface RadioLink {
  readonly id: number;
  readonly dialler: DeviceNumber;
  readonly ends: readonly ['opening' | 'held' | 'gone', 'opening' | 'held' | 'gone'];
  /** It carries nothing any more; an end that holds it will hear of that. */
  readonly isDead: boolean;
}

/** What XState itself sends, besides the chart's own events. */
export type PeerChartEvent =
  | PeerEvent
  | { readonly type: 'xstate.done.actor.0.peer.dialling'; readonly output: number }
  | { readonly type: 'xstate.error.actor.0.peer.dialling'; readonly error: Error }
  | { readonly type: 'xstate.after.redial.peer.waiting' }
  | { readonly type: 'xstate.after.lasted.peer.linked' }
  | { readonly type: 'xstate.after.linger.peer.lingering' };

export type PeerChart = PureChart<PeerContext, PeerChartEvent>;

export interface Device {
  readonly position: Position<PeerContext>;
  /** Whether a session here needs the link. */
  readonly isWanted: boolean;
  /** Between off and on lies the time until the chart hears of it. */
  readonly radio: 'on' | 'turned-off' | 'off' | 'turned-on';
}

export interface PeersWorld {
  readonly devices: readonly [Device, Device];
  readonly links: readonly RadioLink[];
  readonly troublesLeft: number;
  readonly switchesLeft: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A world in the making: what happens within one move happens to it. */
export interface PeersDraft extends Mutable<Omit<PeersWorld, 'devices'>> {
  readonly devices: readonly [Mutable<Device>, Mutable<Device>];
  readonly chart: PeerChart;
}

export function peersDraftOf(world: PeersWorld, chart: PeerChart): PeersDraft {
  const [small, large] = world.devices;
  return { ...world, chart, devices: [{ ...small }, { ...large }] };
}

/** Links that nobody knows any more are left out, and the others numbered anew, so that the same situation is the same world. */
export function peersWorldOf({ devices: [small, large], links, chart, ...budget }: PeersDraft): PeersWorld {
  const live = links.filter(({ ends }) => ends.some((end) => end !== 'gone'));
  if (live.every(({ id }, index) => id === index + 1)) return { ...budget, devices: [small, large], links: live };
  const renumber = (device: Device): Device => {
    const { value, context } = device.position;
    const numberOf = (id: number | undefined) =>
      id === undefined ? undefined : live.findIndex((link) => link.id === id) + 1;
    return {
      ...device,
      position: chart.at(value, { ...context, link: numberOf(context.link), reserve: numberOf(context.reserve) }),
    };
  };
  return {
    ...budget,
    devices: [renumber(small), renumber(large)],
    links: live.map((link, index) => ({ ...link, id: index + 1 })),
  };
}

/** Gives an event to a device's chart and does what its actions ask for. */
export function tellPeer(draft: PeersDraft, at: DeviceNumber, event: PeerChartEvent): void {
  const device = draft.devices[at];
  const from = device.position;
  const { to, effects } = draft.chart.step(from, event);
  device.position = to;
  if (from.value === 'dialling' && to.value !== 'dialling') abortDial(draft, at);
  const closed: number[] = [];
  for (const { type, params } of effects) {
    if (type === 'closeLink' && params.link !== undefined) {
      closeEnd(draft, at, params.link);
      closed.push(params.link);
    }
    if (type === 'refuse') device.isWanted = false;
  }
  if (from.value !== 'dialling' && to.value === 'dialling') startDial(draft, at);
  for (const link of closed) tellPeer(draft, at, { type: 'link.lost', link, trouble: '' });
}

/** Without a radio nobody over there hears of it. */
function startDial(draft: PeersDraft, dialler: DeviceNumber): void {
  const id = 1 + Math.max(0, ...draft.links.map((link) => link.id));
  draft.links = [...draft.links, { id, dialler, ends: ['opening', 'opening'], isDead: false }];
  if (!areRadiosOn(draft)) closeEnd(draft, dialler === 0 ? 1 : 0, id);
}

export function areRadiosOn({ devices }: Pick<PeersWorld, 'devices'>): boolean {
  return devices.every(({ radio }) => radio === 'on' || radio === 'turned-on');
}

/** Only a dial that is still opening: one that was answered is the chart's. */
function abortDial(draft: PeersDraft, at: DeviceNumber): void {
  const dial = draft.links.find(({ dialler, ends }) => dialler === at && ends[at] === 'opening');
  if (dial !== undefined) closeEnd(draft, at, dial.id);
}

/** This end lets go; the other one will hear of it. */
export function closeEnd(draft: PeersDraft, at: DeviceNumber, id: number): void {
  setEnd(draft, at, id, 'gone');
  kill(draft, id);
}

export function setEnd(draft: PeersDraft, at: DeviceNumber, id: number, end: 'held' | 'gone'): void {
  draft.links = draft.links.map((link) =>
    link.id === id ? { ...link, ends: at === 0 ? [end, link.ends[1]] : [link.ends[0], end] } : link,
  );
}

export function kill(draft: PeersDraft, id: number): void {
  draft.links = draft.links.map((link) => (link.id === id ? { ...link, isDead: true } : link));
}
