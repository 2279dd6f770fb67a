/** The calls that need no app: what there is to see, and becoming an app. */

import type { Principal } from '../broker/tokens.js';
import type { MethodName, MethodParams, MethodResult, SubscriptionTarget } from '../protocol/calls.js';
import { BrokerError } from '../protocol/errors.js';
import type { METHODS } from '../protocol/methods.js';
import { unreachable } from '../protocol/unreachable.js';
import type { Connection, GatewayParts } from './connection.js';
import type { Outbox } from './outbox.js';
import type { Audience } from './session-feed.js';
import { createToken, listTokens, revokeToken } from './token-calls.js';

export type OpenMethod = {
  [M in MethodName]: (typeof METHODS)[M]['needs'] extends 'authentication' ? M : never;
}[MethodName];

/** One function a method; `principal` is the connection's. */
export type OpenCalls = {
  readonly [M in OpenMethod]: (
    connection: Connection,
    params: MethodParams<M>,
    principal: Principal,
  ) => MethodResult<M> | Promise<MethodResult<M>>;
};

export const OPEN_CALLS: OpenCalls = {
  ping: () => null,
  getAvailableDeviceList: ({ parts }) => parts.broker.listDevices(),
  listKnownDevices: ({ parts }) => parts.broker.listKnownDevices(),
  listSessions: ({ parts }, _, principal) => parts.sessionFeed.list(audienceOf(principal)),
  traceSession: ({ parts }, { sessionId }, principal) => parts.traceFeed.read(sessionId, audienceOf(principal)),
  subscribe({ parts, outbox }, { target, sessionId, since }, principal) {
    if (target === 'trace') return parts.traceFeed.join(outbox, named(sessionId), audienceOf(principal), since);
    refuseNumber(target, sessionId);
    switch (target) {
      case 'sessions':
        return parts.sessionFeed.join(outbox, audienceOf(principal), since);
      case 'devices':
        return parts.deviceFeed.join(outbox);
      case 'nearby':
        return parts.nearbyFeed.join(outbox);
      default:
        return unreachable(target);
    }
  },
  unsubscribe({ parts, outbox }, { subscription, sessionId }) {
    if (subscription === 'trace') {
      parts.traceFeed.leave(outbox, named(sessionId));
      return null;
    }
    refuseNumber(subscription, sessionId);
    feedOf(parts, subscription).leave(outbox);
    return null;
  },
  registerApp,
  createToken,
  listTokens,
  revokeToken,
};

function feedOf(
  { sessionFeed, deviceFeed, nearbyFeed }: GatewayParts,
  target: Exclude<SubscriptionTarget, 'trace'>,
): { leave(outbox: Outbox): void } {
  switch (target) {
    case 'sessions':
      return sessionFeed;
    case 'devices':
      return deviceFeed;
    case 'nearby':
      return nearbyFeed;
    default:
      return unreachable(target);
  }
}

/** Which session a trace is of: the one thing in which it differs from other targets. */
function named(sessionId: number | undefined): number {
  if (sessionId === undefined) throw new BrokerError('invalidParams', 'A trace is that of a sessionId.');
  return sessionId;
}

function refuseNumber(target: SubscriptionTarget, sessionId: number | undefined): void {
  if (sessionId !== undefined) throw new BrokerError('invalidParams', `${target} are not those of a sessionId.`);
}

/** Whose sessions a client may see. */
export function audienceOf({ scopes, bundleName }: Principal): Audience {
  return scopes.includes('admin') ? undefined : bundleName;
}

function registerApp(
  connection: Connection,
  params: MethodParams<'registerApp'>,
  principal: Principal,
): MethodResult<'registerApp'> {
  const { parts, outbox } = connection;
  const { moduleName, abilityName, bundleName = principal.bundleName, onCollaborate = false, resume } = params;
  if (connection.taken !== undefined) throw new BrokerError('invalidRequest', 'This connection has registered an app.');
  if (bundleName !== principal.bundleName) throw new BrokerError('forbidden', 'It is for another bundle.');
  const app = { bundleName, moduleName, abilityName };
  const request = { principal, app, hasOnCollaborate: onCollaborate, resume, outbox };
  const { taken, isResumed, isRecovered } = parts.seats.take(request);
  connection.taken = taken;
  return {
    resumed: isResumed,
    recovered: isRecovered,
    epoch: taken.seat.epoch,
    offset: taken.seat.confirmedOffset,
    sessions: parts.sessionFeed
      .list(bundleName)
      .filter((session) => session.app.moduleName === moduleName && session.app.abilityName === abilityName),
  };
}
