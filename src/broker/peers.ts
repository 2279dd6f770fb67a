/** All devices this one has to do with: dialled when a session needs them, adopted when they dial, forgotten when nothing is left. */
import { createActor, fromPromise } from 'xstate';
import { type LinkNumber, peerMachine } from '../machines/peer.js';
import { ConnectErrorCode, type RadioState } from '../protocol/codes.js';
import type { Frame } from '../protocol/frame.js';
import type { Clock } from '../transport/clock.js';
import type { FrameLink } from '../transport/frame-link.js';
import { attemptError, describeEnd } from './attempt.js';
import { adoptLink, createPeer, type Peer, releaseLink, takeFarewells } from './peer.js';
import { currentState, type Session } from './session.js';

export interface PeersOptions {
  readonly deviceId: string;
  readonly clock: Clock;
  /** Dials and secures. */
  readonly openLink: (deviceId: string, signal: AbortSignal) => Promise<FrameLink>;
  readonly onFrames: (peer: Peer, frames: readonly Frame[]) => void;
}

export interface Peers {
  find(deviceId: string): Peer | undefined;
  attach(session: Session): Peer;
  detach(session: Session): void;
  /** Hands over a link that the other side dialled. */
  offer(link: FrameLink): void;
  setRadio(state: RadioState): void;
  /** Closes every link. */
  close(): void;
}

export function createPeers(options: PeersOptions): Peers {
  const peers = new Map<string, Peer>();
  const machine = provideEffects(options, (deviceId) => get(deviceId));

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
      peer.actor.send({ type: 'link.wanted' });
      return peer;
    },
    detach(session) {
      const { peer } = session;
      if (peer === undefined) return;
      session.peer = undefined;
      peer.sessions.delete(session);
      if (peer.sessions.size === 0) peer.actor.send({ type: 'link.unwanted' });
    },
    offer(link) {
      const peer = get(link.remote.deviceId);
      peer.actor.send({ type: 'link.offered', link: keepLink(peer, link) });
    },
    setRadio(state) {
      const isOn = state === 'poweredOn';
      for (const peer of [...peers.values()]) {
        if (!isOn) refuseAttempts(peer, ConnectErrorCode.LOCAL_WIFI_NOT_OPEN, `the radio here is ${state}`);
        peer.actor.send({ type: isOn ? 'radio.on' : 'radio.off' });
      }
    },
    close() {
      for (const peer of peers.values()) {
        peer.actor.stop();
        peer.linkSubscriptions?.unsubscribe();
        takeFarewells(peer);
        for (const link of peer.links.values()) link.close();
      }
      peers.clear();
    },
  };
}

/** One machine for all peers of a broker; the peer is found by its device id. */
function provideEffects(options: PeersOptions, get: (deviceId: string) => Peer): typeof peerMachine {
  return peerMachine.provide({
    actors: {
      open: fromPromise<LinkNumber, { readonly deviceId: string }>(async ({ input, signal }) => {
        const peer = get(input.deviceId);
        try {
          const link = await options.openLink(input.deviceId, signal);
          const number = keepLink(peer, link);
          // Nobody waits for this link any more: another one was taken while it was secured.
          if (signal.aborted) link.close('duplicate');
          else signal.addEventListener('abort', () => peer.link !== link && link.close('duplicate'), { once: true });
          return number;
        } catch (error) {
          const attempt = attemptError(error);
          const hasOwnCode = attempt.errorCode !== ConnectErrorCode.SYSTEM_INTERNAL_ERROR;
          if (!attempt.isFinal && hasOwnCode) refuseAttempts(peer, attempt.errorCode, attempt.message);
          throw attempt;
        }
      }),
    },
    actions: {
      announceUp: ({ context }, { link }) => {
        const peer = get(context.deviceId);
        const adopted = link === undefined ? undefined : peer.links.get(link);
        if (adopted !== undefined) adoptLink(peer, adopted, (frames) => options.onFrames(peer, frames));
      },
      announceLost: ({ context }) => releaseLink(get(context.deviceId)),
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
function keepLink(peer: Peer, link: FrameLink): LinkNumber {
  lastLinkNumber += 1;
  const number = lastLinkNumber;
  peer.links.set(number, link);
  link.ended$.subscribe((end) => {
    peer.links.delete(number);
    if (peer.actor.getSnapshot().status !== 'active') return;
    peer.actor.send({ type: 'link.lost', link: number, trouble: describeEnd(end) });
  });
  return number;
}

/** Attempts hear the reason at once instead of waiting for their deadline. A conversation goes on waiting: a refusal may be forged. */
function refuseAttempts(peer: Peer, errorCode: ConnectErrorCode, reason: string): void {
  for (const session of [...peer.sessions]) {
    const state = currentState(session);
    if (state !== 'connecting' && state !== 'accepting') continue;
    session.actor.send({ type: 'link.refused', errorCode, reason });
  }
}
