/** The model of two devices whose sessions, radios and links do what they like, within bounds. */
import type { AnyStateMachine } from 'xstate';
import { AttemptError, peerMachine } from '../../src/machines/peer.js';
import type { Model, Move } from './explore.js';
import { createPureChart } from './pure-chart.js';
import { checkPeerStep, checkPeers } from './two-peers-laws.js';
import {
  areRadiosOn,
  closeEnd,
  type Device,
  type DeviceNumber,
  kill,
  type PeerChart,
  type PeerChartEvent,
  type PeersDraft,
  type PeersWorld,
  peersDraftOf,
  peersWorldOf,
  type RadioLink,
  setEnd,
  tellPeer,
} from './two-radios.js';

export interface PeersScenario {
  /** How often a dial may fail or a link die for no reason of these charts. */
  readonly troubles: number;
  /** How often a radio may be switched off. */
  readonly switches: number;
}

export interface TwoPeers extends Model<PeersWorld> {
  readonly chart: PeerChart;
}

export function createTwoPeers(scenario: PeersScenario, machine: AnyStateMachine = peerMachine): TwoPeers {
  const chart: PeerChart = createPureChart(machine, {
    // Whether it is the first of a row is all that a decision depends on.
    normalise: (context) => ({ ...context, attempts: Math.min(context.attempts, 1), trouble: '' }),
    check: checkPeerStep,
  });
  return {
    chart,
    initial: {
      devices: [newDevice(chart, true), newDevice(chart, false)],
      links: [],
      troublesLeft: scenario.troubles,
      switchesLeft: scenario.switches,
    },
    key: keyOf,
    moves: (world) => movesOf(chart, world),
    check: checkPeers,
  };
}

function newDevice(chart: PeerChart, isOwnDialPreferred: boolean): Device {
  const position = chart.begin({ deviceId: 'the other', isOwnDialPreferred });
  return { position, isWanted: false, radio: 'on' };
}

function keyOf({ devices: [small, large], links, troublesLeft, switchesLeft }: PeersWorld): string {
  const linksKey = links
    .map(({ dialler, ends, isDead }) => `${dialler}${ends[0]}${ends[1]}${isDead ? 1 : 0}`)
    .join(',');
  return `${deviceKey(small)}/${deviceKey(large)}/${linksKey}/${troublesLeft}/${switchesLeft}`;
}

function deviceKey({ position, isWanted, radio }: Device): string {
  return `${position.id} ${isWanted ? 1 : 0} ${radio}`;
}

/** A bound of the exploration: sessions that come and go faster than links can end would pile up links for ever. */
const MOST_LINKS_TO_ADD_TO = 2;

type Add = (label: string, act: (draft: PeersDraft) => void, isInternal?: boolean) => void;

function movesOf(chart: PeerChart, world: PeersWorld): readonly Move<PeersWorld>[] {
  const moves: Move<PeersWorld>[] = [];
  const add: Add = (label, act, isInternal = false) => {
    const draft = peersDraftOf(world, chart);
    act(draft);
    moves.push({ label, isInternal, to: peersWorldOf(draft) });
  };
  for (const at of [0, 1] as const) {
    addNeedMoves(world, at, add);
    addTimerMoves(world, at, add);
    addRadioMoves(world, at, add);
    for (const link of world.links) addEndMoves(world, at, link, add);
  }
  for (const { id, isDead } of world.links) {
    if (isDead || world.troublesLeft === 0) continue;
    add(`link ${id} dies`, (draft) => {
      draft.troublesLeft -= 1;
      kill(draft, id);
    });
  }
  return moves;
}

function addNeedMoves(world: PeersWorld, at: DeviceNumber, add: Add): void {
  const isWanted = !world.devices[at].isWanted;
  if (isWanted && world.links.length >= MOST_LINKS_TO_ADD_TO) return;
  const type = isWanted ? 'link.wanted' : 'link.unwanted';
  add(`${NAMES[at]} ${type}`, (draft) => {
    draft.devices[at].isWanted = isWanted;
    tellPeer(draft, at, { type });
  });
}

/** A redial comes by itself and soon, but while a radio is off it is in vain and comes again and again. */
function addTimerMoves(world: PeersWorld, at: DeviceNumber, add: Add): void {
  const { value } = world.devices[at].position;
  if (value === 'waiting') {
    add(
      `${NAMES[at]} redials`,
      (draft) => tellPeer(draft, at, { type: 'xstate.after.redial.peer.waiting' }),
      areRadiosOn(world),
    );
    add(`${NAMES[at]} hears the other`, (draft) => tellPeer(draft, at, { type: 'device.sighted' }));
  }
  if (value === 'linked' && world.devices[at].position.context.attempts > 0) {
    add(`${NAMES[at]} sees it last`, (draft) => tellPeer(draft, at, { type: 'xstate.after.lasted.peer.linked' }));
  }
  if (value === 'lingering') {
    add(`${NAMES[at]} lingered`, (draft) => tellPeer(draft, at, { type: 'xstate.after.linger.peer.lingering' }));
  }
}

function addRadioMoves(world: PeersWorld, at: DeviceNumber, add: Add): void {
  const { radio } = world.devices[at];
  const set = (next: Device['radio'], event?: PeerChartEvent) => (draft: PeersDraft) => {
    draft.devices[at].radio = next;
    if (event !== undefined) tellPeer(draft, at, event);
  };
  if (radio === 'off') add(`${NAMES[at]} turns its radio on`, set('turned-on'));
  if (radio === 'turned-off') add(`${NAMES[at]} hears radio.off`, set('off', { type: 'radio.off' }), true);
  if (radio === 'turned-on') add(`${NAMES[at]} hears radio.on`, set('on', { type: 'radio.on' }), true);
  if (radio !== 'on' || world.switchesLeft === 0) return;
  add(`${NAMES[at]} turns its radio off`, (draft) => {
    draft.switchesLeft -= 1;
    for (const { id } of draft.links) kill(draft, id);
    draft.devices[at].radio = 'turned-off';
  });
}

function addEndMoves(world: PeersWorld, at: DeviceNumber, { id, dialler, ends, isDead }: RadioLink, add: Add): void {
  const name = NAMES[at];
  if (ends[at] === 'held' && isDead) {
    add(
      `${name} loses ${id}`,
      (draft) => {
        setEnd(draft, at, id, 'gone');
        tellPeer(draft, at, { type: 'link.lost', link: id, trouble: '' });
      },
      true,
    );
  }
  if (ends[at] !== 'opening') return;
  if (dialler === at) return addDialMoves(world, at, id, isDead, add);
  // The last message of the handshake may have left before the link died, or not.
  if (isDead) add(`${name} never hears of ${id}`, (draft) => setEnd(draft, at, id, 'gone'), true);
  if (!areRadiosOn(world)) return;
  add(
    `${name} is offered ${id}`,
    (draft) => {
      setEnd(draft, at, id, 'held');
      tellPeer(draft, at, { type: 'link.offered', link: id });
    },
    true,
  );
}

function addDialMoves(world: PeersWorld, at: DeviceNumber, id: number, isDead: boolean, add: Add): void {
  const fail = (isFinal: boolean) => (draft: PeersDraft) => {
    closeEnd(draft, at, id);
    tellPeer(draft, at, { type: 'xstate.error.actor.0.peer.dialling', error: new AttemptError('', { isFinal }) });
  };
  const isInVain = isDead || !areRadiosOn(world);
  if (isInVain) add(`${NAMES[at]} fails to dial ${id}`, fail(false), areRadiosOn(world));
  if (areRadiosOn(world)) {
    add(
      `${NAMES[at]} has dialled ${id}`,
      (draft) => {
        setEnd(draft, at, id, 'held');
        tellPeer(draft, at, { type: 'xstate.done.actor.0.peer.dialling', output: id });
      },
      true,
    );
  }
  if (isInVain || world.troublesLeft === 0) return;
  for (const isFinal of [false, true]) {
    add(`${NAMES[at]} fails to dial ${id}${isFinal ? ' for good' : ''}`, (draft) => {
      draft.troublesLeft -= 1;
      fail(isFinal)(draft);
    });
  }
}

const NAMES = ['small', 'large'] as const;
