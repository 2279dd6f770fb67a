/** One other device as the broker keeps it: its chart, its links by number, and the sessions that talk through it. */
import type { Subscription } from 'rxjs';
import type { ActorRefFrom } from 'xstate';
import type { LinkNumber, peerMachine } from '../machines/peer.js';
import type { sessionMachine } from '../machines/session.js';
import { DisconnectReason } from '../protocol/codes.js';
import type { CloseFrame, Frame } from '../protocol/frame.js';
import { RESUME_WINDOW_MS } from '../protocol/limits.js';
import type { Clock } from '../transport/clock.js';
import type { FrameLink } from '../transport/frame-link.js';
import type { DialFailure, LinkEnd } from '../transport/transport.js';
import { createPump, type Pump, type Sender } from './pump.js';
import { note, type Trace, type TraceDetail, type TraceRow } from './trace.js';
import { LINK } from './trace-rows.js';

/** What a peer knows of the sessions that talk through it. */
export interface AttachedSession extends Sender {
  readonly actor: ActorRefFrom<typeof sessionMachine>;
  readonly trace: Trace;
}

export interface Peer {
  readonly deviceId: string;
  readonly actor: ActorRefFrom<typeof peerMachine>;
  readonly clock: Clock;
  readonly pump: Pump;
  /** Links that passed the handshake and have not ended: the one in use, and at most one in reserve. */
  readonly links: Map<LinkNumber, FrameLink>;
  /** The link in use. */
  link: FrameLink | undefined;
  /** What ends when the link in use is let go. */
  linkSubscriptions: Subscription | undefined;
  /** Why the last dial failed, or the last link ended. */
  failure: DialFailure | LinkEnd | undefined;
  /** Start of the other broker that the sessions belong to. */
  epoch: string | undefined;
  readonly sessions: Set<AttachedSession>;
  /** Closes that could not be said because there was no link, by token: said first on the next one. */
  readonly farewells: Map<string, Farewell>;
  /** Called when it owes nothing any more. */
  readonly onSettled: (peer: Peer) => void;
}

interface Farewell {
  readonly frame: CloseFrame;
  readonly timer: unknown;
}

export function createPeer(
  actor: Peer['actor'],
  { deviceId, clock, onSettled }: Pick<Peer, 'deviceId' | 'clock' | 'onSettled'>,
): Peer {
  const peer: Peer = {
    deviceId,
    actor,
    clock,
    pump: createPump(() => peer.link),
    links: new Map(),
    link: undefined,
    linkSubscriptions: undefined,
    failure: undefined,
    epoch: undefined,
    sessions: new Set(),
    farewells: new Map(),
    onSettled,
  };
  return peer;
}

/** Sends one control frame now. Without a link it is dropped: charts say what matters again when the link is back. */
export function sendFrame(peer: Peer, frame: Frame): void {
  peer.link?.write([frame]);
}

/** Keeps a close for the next link, as long as the other side may wait for one. */
export function oweFarewell(peer: Peer, frame: CloseFrame): void {
  const timer = peer.clock.setTimeout(() => {
    peer.farewells.delete(frame.token);
    if (peer.farewells.size === 0) peer.onSettled(peer);
  }, RESUME_WINDOW_MS);
  peer.farewells.set(frame.token, { frame, timer });
}

/** Takes what is owed, so that it is said or forgotten. */
export function takeFarewells({ farewells, clock }: Peer): readonly CloseFrame[] {
  const owed = [...farewells.values()];
  for (const { timer } of owed) clock.clearTimeout(timer);
  farewells.clear();
  return owed.map(({ frame }) => frame);
}

/** Puts a link to use: sessions that the other broker no longer has end, the others hear that the link is up. */
export function adoptLink(peer: Peer, link: FrameLink, onFrames: (frames: readonly Frame[]) => void): void {
  peer.link = link;
  const isNewEpoch = peer.epoch !== undefined && peer.epoch !== link.remote.epoch;
  peer.epoch = link.remote.epoch;
  if (isNewEpoch) endSessionsOfEarlierEpoch(peer);
  const farewells = takeFarewells(peer);
  if (farewells.length > 0 && !isNewEpoch) link.write(farewells);
  for (const session of [...peer.sessions]) {
    note(session.trace, LINK.up);
    session.actor.send({ type: 'link.up' });
  }
  peer.linkSubscriptions = link.writable$.subscribe(() => peer.pump.run());
  peer.linkSubscriptions.add(link.frames$.subscribe(onFrames));
}

/** Lets the link in use go; `reason` is for people. */
export function releaseLink(peer: Peer, reason: string): void {
  peer.link = undefined;
  peer.linkSubscriptions?.unsubscribe();
  peer.linkSubscriptions = undefined;
  const detail = { reason };
  for (const session of [...peer.sessions]) {
    note(session.trace, LINK.lost, detail);
    session.actor.send({ type: 'link.lost' });
  }
  peer.pump.clear();
}

/** The other broker was started anew: only attempts that are still asking can go on. Source: design 3, PEER_APP_EXIT. */
function endSessionsOfEarlierEpoch(peer: Peer): void {
  for (const session of [...peer.sessions]) {
    const { value, context } = session.actor.getSnapshot();
    if (value === 'connecting') continue;
    session.actor.send({ type: 'peer.close', token: context.token, reason: DisconnectReason.PEER_APP_EXIT });
  }
}

/** What every session of a peer has in its trace: it is recorded with each, because it is short and rare. */
export function noteAll({ sessions }: Peer, row: TraceRow, detail?: TraceDetail): void {
  for (const { trace } of sessions) note(trace, row, detail);
}
