/** What a broker of the exploration does with a frame, and with its app's answer to an offer: by the rules of handshake.ts. */
import {
  isRefusedOnAccept,
  isUnderWay,
  judgeOpen,
  supersedingEvent,
  type TokenFate,
} from '../../src/machines/handshake.js';
import type { SessionEvent } from '../../src/machines/session-events.js';
import { ConnectErrorCode, DisconnectReason } from '../../src/protocol/codes.js';
import { unreachable } from '../../src/protocol/unreachable.js';
import {
  type Draft,
  dispatch,
  type Offer,
  type Side,
  type SideNumber,
  send,
  sessionIdOf,
  stateOf,
  strayClose,
  type WireFrame,
} from './two-brokers.js';

/** Hands the oldest frame on its way to this side to its broker. */
export function deliver(draft: Draft, at: SideNumber): void {
  const [frame, ...rest] = draft.queues[at];
  if (frame === undefined) throw new Error('nothing to deliver');
  draft.queues[at] = rest;
  if (frame.type === 'open') return receiveOpen(draft, at, frame);
  const slot = findSession(draft, at, frame);
  if (slot >= 0) return dispatch(draft, at, slot, eventOf(frame));
  if (frame.type === 'close') withdrawOffers(draft, at, (offer) => offer.token === frame.token);
  else if (frame.type === 'accept' || frame.type === 'resume') send(draft, at, strayClose(frame.from, frame.token));
}

function receiveOpen(draft: Draft, at: SideNumber, { token, from }: WireFrame): void {
  const side = draft.sides[at];
  const offer = side.offers.find((known) => known.token === token);
  const verdict = judgeOpen(token, fateOf(side, token, offer), ownToken(side));
  switch (verdict) {
    case 'ask':
      supersede(draft, at);
      withdrawOffers(draft, at, () => true);
      side.offers = [...side.offers, { token, from, fate: 'pending' }];
      return;
    case 'refuse-as-existing':
      return send(draft, at, rejection(from, token, ConnectErrorCode.CONNECTED_SESSION_EXISTS));
    case 'repeat-refusal':
      if (typeof offer?.fate === 'number') refuse(draft, at, token, offer.fate);
      return;
    case 'close':
      return send(draft, at, strayClose(from, token));
    case 'ignore':
      return;
    default:
      return unreachable(verdict);
  }
}

function supersede(draft: Draft, at: SideNumber): void {
  draft.sides[at].halves.forEach((half, slot) => {
    const event = supersedingEvent(stateOf(half), half.context.token);
    if (event !== undefined) dispatch(draft, at, slot, event);
  });
}

function fateOf(side: Side, token: string, offer: Offer | undefined): TokenFate {
  if (offer === undefined) return 'new';
  if (offer.fate === 'pending') return 'pending';
  if (typeof offer.fate === 'number') return 'refused';
  return side.halves.some((half) => half.context.token === token && isUnderWay(stateOf(half))) ? 'live' : 'over';
}

/** Token of the session that was initiated here and is under way. All sessions of the model have the same key. */
function ownToken(side: Side): string | undefined {
  return side.halves.find((half) => half.context.role === 'initiator' && isUnderWay(stateOf(half)))?.context.token;
}

/** By number; a close that was sent before the number was known, by its token. */
function findSession(draft: Draft, at: SideNumber, { type, session, token }: WireFrame): number {
  const { halves } = draft.sides[at];
  if (session !== 0) {
    return halves.findIndex((half, slot) => sessionIdOf(at, slot) === session && half.value !== 'destroyed');
  }
  return type === 'close' ? halves.findIndex((half) => half.context.token === token && isUnderWay(stateOf(half))) : -1;
}

function eventOf({ type, token, from, errorCode }: WireFrame): SessionEvent {
  switch (type) {
    case 'accept':
      return { type: 'peer.accept', token, remoteSessionId: from };
    case 'confirm':
      return { type: 'peer.confirm', token };
    case 'resume':
      return { type: 'peer.resume', token, remoteSessionId: from, received: 0, creditLimit: 0 };
    case 'reject':
      return { type: 'peer.reject', token, errorCode, reason: '' };
    case 'close':
      return { type: 'peer.close', token, reason: DisconnectReason.NETWORK_DISCONNECTED };
    case 'open':
      throw new Error('an open is for the broker');
    default:
      return unreachable(type);
  }
}

function withdrawOffers(draft: Draft, at: SideNumber, isMeant: (offer: Offer) => boolean): void {
  const side = draft.sides[at];
  side.offers = side.offers.map((offer) =>
    offer.fate === 'pending' && isMeant(offer) ? { ...offer, fate: 'taken' } : offer,
  );
}

/** The app, or the broker for it, refuses a pending offer. */
export function refuse(draft: Draft, at: SideNumber, token: string, errorCode: ConnectErrorCode): void {
  const side = draft.sides[at];
  side.offers = side.offers.map((offer) => (offer.token === token ? { ...offer, fate: errorCode } : offer));
  const from = side.offers.find((offer) => offer.token === token)?.from ?? 0;
  send(draft, at, rejection(from, token, errorCode));
}

function rejection(session: number, token: string, errorCode: ConnectErrorCode): WireFrame {
  return { type: 'reject', session, from: 0, token, errorCode };
}

/** The app calls `acceptConnect` with a session at rest. */
export function accept(draft: Draft, at: SideNumber, slot: number, { token, from }: Offer): void {
  const side = draft.sides[at];
  if (side.halves.some((half) => half.context.role === 'acceptor' && isUnderWay(stateOf(half)))) {
    throw new Error('an offer outlives an accepted session with its key');
  }
  if (isRefusedOnAccept(token, ownToken(side))) {
    return refuse(draft, at, token, ConnectErrorCode.CONNECTED_SESSION_EXISTS);
  }
  withdrawOffers(draft, at, (offer) => offer.token === token);
  dispatch(draft, at, slot, { type: 'acceptConnect', token, remoteSessionId: from });
}
