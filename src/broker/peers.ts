/** All devices this one has to do with: dialled when a session needs them, adopted when they dial, forgotten when nothing is left. */
import { BehaviorSubject, type Observable } from 'rxjs';
import { createActor, fromPromise } from 'xstate';
import { type LinkNumber, peerMachine } from '../machines/peer.js';
import { ConnectErrorCode, type RadioState } from '../protocol/codes.js';
import type { Frame } from '../protocol/frame.js';
import { unreachable } from '../protocol/unreachable.js';
import type { Clock } from '../transport/clock.js';
import type { FrameLink } from '../transport/frame-link.js';
import { DialError, type Sighting } from '../transport/transport.js';
import { attemptError, describeEnd, failureOf } from './attempt.js';
import type { LinkedDevice } from './devices.js';
import { createHearing, type Hearing } from './hearing.js';
import { adoptLink, createPeer, noteAll, type Peer, releaseLink, takeFarewells } from './peer.js';
import { lossWords, notePresence, watchPeers } from './peer-trace.js';
import { currentState, type Session } from './session.js';
import { note, type TraceRow } from './trace.js';
import { LINK } from './trace-rows.js';

export interface PeersOptions {
  readonly deviceId: string;
  readonly clock: Clock;
  /** Dials and secures. */
  readonly openLink: (deviceId: string, signal: AbortSignal) => Promise<FrameLink>;
  /** Whether opening a link to the device comes down to asking it for one. */
  readonly isAsking: (deviceId: string) => boolean;
  /** How long a link without sessions is kept. */
  readonly lingerMs: number;
  readonly onFrames: (peer: Peer, frames: readonly Frame[]) => void;
}

export interface Peers {
  find(deviceId: string): Peer | undefined;
  attach(session: Session): Peer;
  detach(session: Session): void;
  /** Hands over a link that the other side dialled. */
  offer(link: FrameLink): void;
  /** Replays the devices whose link is up, then the whole list again on every change. */
  readonly linked$: Observable<readonly LinkedDevice[]>;
  /** What the radio hears now of devices of this account. */
  see(sightings: readonly Sighting[]): void;
  setRadio(state: RadioState): void;
  readonly lastHeard: Hearing['lastHeard'];
  /** Whether a link to the device can only be asked for. */
  readonly isAsking: (deviceId: string) => boolean;
  /** What the radio's chart does, for the traces of all sessions that have a peer. */
  noteRadio(row: TraceRow): void;
  /** Closes every link. */
  close(): void;
}

export function createPeers(options: PeersOptions): Peers {
  const peers = new Map<string, Peer>();
  const linked = new BehaviorSubject<readonly LinkedDevice[]>([]);
  const hearing = createHearing({
    clock: options.clock,
    onBack: (deviceId) => peers.get(deviceId)?.actor.send({ type: 'device.sighted' }),
    onInvitation: (deviceId) => get(deviceId).actor.send({ type: 'link.wanted' }),
    onInvitationOver: (deviceId) => {
      const peer = peers.get(deviceId);
      if (peer !== undefined) tellIfUnwanted(peer);
    },
  });
  const machine = provideEffects({ ...options, get: (deviceId) => get(deviceId), hearing, onLink });
  watchPeers(machine, (deviceId) => peers.get(deviceId));

  /** A link came into use or is lost. One that was dialled because the other side asked for it may serve no session yet. */
  function onLink(peer: Peer): void {
    if (peer.link !== undefined) tellIfUnwanted(peer);
    linked.next([...peers.values()].flatMap(({ link }) => (link === undefined ? [] : [link.remote])));
  }

  function tellIfUnwanted(peer: Peer): void {
    if (peer.sessions.size === 0 && !hearing.isInviting(peer.deviceId)) peer.actor.send({ type: 'link.unwanted' });
  }

  function get(deviceId: string): Peer {
    const known = peers.get(deviceId);
    if (known !== undefined) return known;
    const input = { deviceId, isOwnDialPreferred: options.deviceId < deviceId };
    const actor = createActor(machine, { input, clock: options.clock });
    const peer = createPeer(actor, { deviceId, clock: options.clock, onSettled: forgetUnused });
    peers.set(deviceId, peer);
    peer.actor.subscribe({
      next: ({ value }) => value === 'idle' && forgetUnused(peer),
      error: (error: unknown) =>
        process.emitWarning(`peer ${deviceId}: ${error instanceof Error ? error.stack : error}`),
    });
    peer.actor.start();
    return peer;
  }

  /** Later, because the chart may be in the middle of something. */
  function forgetUnused(peer: Peer): void {
    queueMicrotask(() => {
      const isUnused = peer.sessions.size + peer.links.size + peer.farewells.size === 0;
      if (!isUnused || peer.actor.getSnapshot().value !== 'idle' || !peers.delete(peer.deviceId)) return;
      peer.actor.stop();
    });
  }

  return {
    find: (deviceId) => peers.get(deviceId),
    attach(session) {
      const peer = session.peer ?? get(session.peerInfo.deviceId);
      session.peer = peer;
      peer.sessions.add(session);
      notePresence(peer, session.trace);
      peer.actor.send({ type: 'link.wanted' });
      return peer;
    },
    detach(session) {
      const { peer } = session;
      if (peer === undefined) return;
      session.peer = undefined;
      peer.sessions.delete(session);
      tellIfUnwanted(peer);
    },
    offer(link) {
      const peer = get(link.remote.deviceId);
      peer.actor.send({ type: 'link.offered', link: keepLink(peer, link, hearing) });
    },
    linked$: linked.asObservable(),
    see: hearing.see,
    lastHeard: hearing.lastHeard,
    isAsking: options.isAsking,
    setRadio(state) {
      for (const peer of [...peers.values()]) tellRadio(peer, state);
    },
    noteRadio(row) {
      for (const peer of peers.values()) noteAll(peer, row);
    },
    close() {
      for (const peer of peers.values()) {
        peer.actor.stop();
        peer.linkSubscriptions?.unsubscribe();
        takeFarewells(peer);
        for (const link of peer.links.values()) link.close();
      }
      peers.clear();
      hearing.close();
      linked.complete();
    },
  };
}

/** A radio that is starting comes back by itself: attempts wait for it until their own deadline. */
function tellRadio(peer: Peer, state: RadioState): void {
  switch (state) {
    case 'poweredOn':
      peer.actor.send({ type: 'radio.on' });
      return;
    case 'poweredOff':
    case 'unsupported':
    case 'unauthorized':
      refuseAttempts(peer, ConnectErrorCode.LOCAL_WIFI_NOT_OPEN, `the radio here is ${state}`);
      peer.actor.send({ type: 'radio.off' });
      return;
    case 'unknown':
    case 'resetting':
      peer.actor.send({ type: 'radio.off' });
      return;
    default:
      unreachable(state);
  }
}

interface EffectsOptions extends PeersOptions {
  readonly get: (deviceId: string) => Peer;
  readonly hearing: Hearing;
  /** The device has another link in use than before, or none. */
  readonly onLink: (peer: Peer) => void;
}

/** One machine for all peers of a broker; the peer is found by its device id. */
function provideEffects({ get, hearing, onLink, ...options }: EffectsOptions): typeof peerMachine {
  return peerMachine.provide({
    actors: {
      open: fromPromise<LinkNumber, { readonly deviceId: string }>(async ({ input, signal }) => {
        const peer = get(input.deviceId);
        try {
          if (hearing.isRadioOff(peer.deviceId)) throw new DialError('peer-radio-off', describeEnd('peer-radio-off'));
          const link = await options.openLink(input.deviceId, signal);
          const number = keepLink(peer, link, hearing);
          // Nobody waits for this link any more: another one was taken while it was secured.
          if (signal.aborted) link.close('duplicate');
          else signal.addEventListener('abort', () => peer.link !== link && link.close('duplicate'), { once: true });
          return number;
        } catch (error) {
          peer.failure = failureOf(error);
          const attempt = attemptError(error);
          const hasOwnCode = attempt.errorCode !== ConnectErrorCode.SYSTEM_INTERNAL_ERROR;
          if (!attempt.isFinal && hasOwnCode) refuseAttempts(peer, attempt.errorCode, attempt.message);
          throw attempt;
        }
      }),
    },
    delays: { linger: options.lingerMs },
    guards: {
      isOwnDialAwaited: ({ context }) => context.isOwnDialPreferred && !options.isAsking(context.deviceId),
    },
    actions: {
      announceUp: ({ context }, { link }) => {
        const peer = get(context.deviceId);
        const adopted = link === undefined ? undefined : peer.links.get(link);
        if (adopted !== undefined) adoptLink(peer, adopted, (frames) => options.onFrames(peer, frames));
        onLink(peer);
      },
      announceLost: ({ context, event }) => {
        const peer = get(context.deviceId);
        releaseLink(peer, lossWords(event));
        onLink(peer);
      },
      closeLink: ({ context }, { link, end }) => {
        if (link !== undefined) get(context.deviceId).links.get(link)?.close(end);
      },
      probeLink: ({ context }) => get(context.deviceId).link?.probe(),
      refuse: ({ context }, { errorCode, trouble }) => {
        refuseAttempts(get(context.deviceId), errorCode, trouble);
      },
    },
  });
}

let lastLinkNumber = 0;

/** Keeps a link until it ends, and then tells the chart. */
function keepLink(peer: Peer, link: FrameLink, hearing: Hearing): LinkNumber {
  lastLinkNumber += 1;
  const number = lastLinkNumber;
  peer.links.set(number, link);
  hearing.noteLink(peer.deviceId);
  link.ended$.subscribe((end) => {
    peer.links.delete(number);
    peer.failure = end;
    if (end === 'peer-radio-off') hearing.noteRadioOff(peer.deviceId);
    if (peer.actor.getSnapshot().status !== 'active') return;
    peer.actor.send({ type: 'link.lost', link: number, trouble: describeEnd(end) });
  });
  return number;
}

/** Attempts hear the reason at once instead of waiting for their deadline. A conversation goes on waiting: a refusal may be forged. */
function refuseAttempts(peer: Peer, errorCode: ConnectErrorCode, reason: string): void {
  const detail = { errorCode, reason };
  for (const session of [...peer.sessions]) {
    const state = currentState(session);
    if (state !== 'connecting' && state !== 'accepting') continue;
    note(session.trace, LINK.refused, detail);
    session.actor.send({ type: 'link.refused', errorCode, reason });
  }
}
