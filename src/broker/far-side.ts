/** What happens when a peer's app asks for a session: the app here is found, or started, and asked. Source: design 5. */
import { judgeOpen, supersedingEvent, type TokenFate } from '../machines/handshake.js';
import { ConnectErrorCode, DisconnectReason, OnCollaborateResult } from '../protocol/codes.js';
import type { AppName } from '../protocol/collaboration.js';
import type { OpenFrame } from '../protocol/frame.js';
import { MAX_REASON_BYTES } from '../protocol/limits.js';
import { unreachable } from '../protocol/unreachable.js';
import type { AppStarter } from './app-starter.js';
import { type Apps, appText, type RegisteredApp } from './apps.js';
import type { Offer, Offers, Refusal } from './offers.js';
import { type Peer, sendFrame } from './peer.js';
import { TOO_MANY_REQUESTS } from './reasons.js';
import { conversationKey } from './session.js';
import type { Sessions } from './sessions.js';
import { wantOf } from './want.js';

export interface FarSideOptions {
  readonly apps: Apps;
  readonly starter: AppStarter;
  readonly sessions: Sessions;
  readonly offers: Offers;
  readonly findPeer: (deviceId: string) => Peer | undefined;
}

export interface FarSide {
  /** Takes a request of a peer. */
  receive(peer: Peer, frame: OpenFrame): void;
  /** Answers a pending request with a refusal. False: it was answered before, or never made. */
  refuse(token: string, refusal: Refusal): boolean;
}

export function createFarSide({ apps, starter, sessions, offers, findPeer }: FarSideOptions): FarSide {
  function refuse(token: string, refusal: Refusal): boolean {
    const offer = offers.find(token);
    if (offer === undefined || !offers.answer(token, { type: 'refused', refusal })) return false;
    // Without a link the peer asks again, and is told then.
    const peer = findPeer(offer.deviceId);
    if (peer !== undefined) sendReject(peer, offer.frame, refusal);
    return true;
  }

  /** Source: judgeOpen, "ask". */
  function supersede(key: string): void {
    offers.withdrawAll((offer) => offer.key === key);
    for (const session of sessions.findLive(key)) {
      const { value, context } = session.actor.getSnapshot();
      const event = supersedingEvent(value, context.token);
      if (event !== undefined) session.actor.send(event);
    }
  }

  async function ask(offer: Offer): Promise<void> {
    const { token, sink } = offer.frame;
    try {
      const app = apps.find(sink) ?? (await start(offer));
      if (app?.onCollaborate === undefined) return void refuse(token, noOnCollaborate(sink));
      if (offer.answer !== undefined) return;
      const answer = await app.onCollaborate(wantOf(offer));
      // An app may have called `reject` or `acceptConnect` itself; then this changes nothing.
      if (answer === OnCollaborateResult.REJECT) refuse(token, rejected(''));
    } catch (error) {
      refuse(token, failed(`${appText(sink)} failed: ${error instanceof Error ? error.message : String(error)}`));
    }
  }

  async function start(offer: Offer): Promise<RegisteredApp | undefined> {
    const { sink, options } = offer.frame;
    if (!starter.canStart(sink)) return undefined;
    const controller = new AbortController();
    offer.onAnswered = () => controller.abort(new Error('the request is no longer pending'));
    const registered = apps.whenRegistered(sink, controller.signal);
    registered.catch(() => {}); // the start may fail first; then nobody waits for this promise
    await starter.start(sink, options.startOptions);
    return registered;
  }

  function receive(peer: Peer, frame: OpenFrame): void {
    const key = conversationKey(frame.serviceName, frame.sink, peer.deviceId, frame.source);
    const known = offers.find(frame.token);
    const ownToken = sessions.findInitiated(key)?.actor.getSnapshot().context.token;
    const verdict = judgeOpen(frame.token, fateOf(known, peer, sessions), ownToken);
    switch (verdict) {
      case 'ignore':
        return;
      case 'repeat-refusal':
        if (known?.answer?.type === 'refused') sendReject(peer, frame, known.answer.refusal);
        return;
      case 'refuse-as-existing':
        return sendReject(peer, frame, exists('a session of these apps and service exists'));
      case 'close':
        return sendFrame(peer, {
          type: 'close',
          session: frame.from,
          token: frame.token,
          reason: DisconnectReason.NETWORK_DISCONNECTED,
        });
      case 'ask': {
        supersede(key);
        const offer = offers.add(peer.deviceId, frame, key);
        if (offer === undefined) return sendReject(peer, frame, failed(TOO_MANY_REQUESTS));
        return void ask(offer);
      }
      default:
        return unreachable(verdict);
    }
  }

  return { receive, refuse };
}

/** A token that another device made up is as good as over: nobody but its maker gets an answer to it. */
function fateOf(offer: Offer | undefined, peer: Peer, sessions: Sessions): TokenFate {
  if (offer === undefined) return 'new';
  if (offer.deviceId !== peer.deviceId) return 'over';
  switch (offer.answer?.type) {
    case undefined:
      return 'pending';
    case 'refused':
      return 'refused';
    case 'withdrawn':
      return 'over';
    case 'taken': {
      const session = sessions.get(offer.answer.sessionId);
      const isLive = session?.peer !== undefined && session.actor.getSnapshot().context.token === offer.frame.token;
      return isLive ? 'live' : 'over';
    }
    default:
      return unreachable(offer.answer);
  }
}

function sendReject(peer: Peer, frame: OpenFrame, refusal: Refusal): void {
  const reason = clip(refusal.reason);
  sendFrame(peer, { type: 'reject', session: frame.from, token: frame.token, errorCode: refusal.errorCode, reason });
}

/** As much of our own words as may travel, cut between characters: names of apps and messages of errors are theirs to choose. */
function clip(reason: string): string {
  const words = reason.toWellFormed();
  const { read } = new TextEncoder().encodeInto(words, new Uint8Array(MAX_REASON_BYTES));
  return words.slice(0, read);
}

export function exists(reason: string): Refusal {
  return { errorCode: ConnectErrorCode.CONNECTED_SESSION_EXISTS, reason };
}

export function rejected(reason: string): Refusal {
  return { errorCode: ConnectErrorCode.PEER_APP_REJECTED, reason };
}

function failed(reason: string): Refusal {
  return { errorCode: ConnectErrorCode.SYSTEM_INTERNAL_ERROR, reason };
}

function noOnCollaborate(sink: AppName): Refusal {
  return {
    errorCode: ConnectErrorCode.PEER_ABILITY_NO_ONCOLLABORATE,
    reason: `${appText(sink)} is not running with onCollaborate`,
  };
}
