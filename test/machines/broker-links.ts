/** How the brokers of the exploration come by a link, lose it, and are started anew. */
import { DisconnectReason } from '../../src/protocol/codes.js';
import {
  type Draft,
  dispatch,
  otherSide,
  type SessionChartEvent,
  type Side,
  type SideNumber,
  send,
} from './two-brokers.js';

/** This broker notices that its link is dead. */
export function lose(draft: Draft, at: SideNumber): void {
  draft.sides[at].view = 'down';
  tellAll(draft, at, { type: 'link.lost' });
}

/** This broker begins to use the link that is there. */
export function attach(draft: Draft, at: SideNumber): void {
  const side = draft.sides[at];
  if (side.view === 'stale') lose(draft, at);
  side.view = 'up';
  if (side.isPeerNew) endEarlierEpoch(draft, at);
  for (const frame of side.farewells) send(draft, at, frame);
  side.farewells = [];
  tellAll(draft, at, { type: 'link.up' });
}

/** What the other broker knew is gone; only attempts that are still asking can go on. */
function endEarlierEpoch(draft: Draft, at: SideNumber): void {
  const side = draft.sides[at];
  side.isPeerNew = false;
  side.farewells = [];
  side.halves.forEach((half, slot) => {
    if (half.value === 'connecting') return;
    const { token } = half.context;
    dispatch(draft, at, slot, { type: 'peer.close', token, reason: DisconnectReason.PEER_APP_EXIT });
  });
}

/** Sessions that are gone hear nothing. */
export function tellAll(draft: Draft, at: SideNumber, event: SessionChartEvent): void {
  draft.sides[at].halves.forEach((half, slot) => {
    if (half.value !== 'destroyed') dispatch(draft, at, slot, event);
  });
}

/** The link dies with all that is on its way. */
export function cut(draft: Draft): void {
  draft.isAlive = false;
  draft.queues[0] = [];
  draft.queues[1] = [];
  for (const side of draft.sides) if (side.view === 'up') side.view = 'stale';
}

/** This broker is started anew, and with it the link. Pending promises are gone with their process. */
export function restart(draft: Draft, at: SideNumber, empty: Side): void {
  cut(draft);
  Object.assign(draft.sides[at], { ...empty, attempts: draft.sides[at].attempts });
  draft.sides[otherSide(at)].isPeerNew = true;
}
