/**
 * The reference's calls, for the app of a connection: its own sessions and no others are within reach. Arguments come as the client gave
 * them: their types say what is right, and the module refuses what is not.
 */

import type { MethodName, MethodParams, MethodResult } from '../protocol/calls.js';
import type { StreamParam, SurfaceParam } from '../protocol/collaboration.js';
import { BrokerError } from '../protocol/errors.js';
import type { METHODS } from '../protocol/methods.js';
import { BASE64_PATTERN } from '../protocol/methods-session.js';
import type { AppSessions } from './app-sessions.js';

export type AppMethod = {
  [M in MethodName]: (typeof METHODS)[M]['needs'] extends 'app' ? M : never;
}[MethodName];

/** One function a method. A call without a result may give undefined, which is answered with null. */
export type AppCalls = {
  readonly [M in AppMethod]: (sessions: AppSessions, params: MethodParams<M>) => Outcome<MethodResult<M>>;
};

type Outcome<Result> = [Result] extends [null] ? void | Promise<void> : Result | Promise<Result>;

export const APP_CALLS: AppCalls = {
  createAbilityConnectionSession: (sessions, { serviceName, peerInfo, connectOptions }) =>
    sessions.create(serviceName, peerInfo, connectOptions),
  destroyAbilityConnectionSession: (sessions, { sessionId }) => sessions.destroy(sessionId),
  getPeerInfoById: ({ manager }, { sessionId }) => manager.getPeerInfoById(sessionId) ?? null,
  on: (sessions, { type, sessionId, encoding = 'binary' }) => sessions.on(type, sessionId, encoding),
  off: (sessions, { type, sessionId }) => sessions.off(type, sessionId),
  connect: ({ manager }, { sessionId }) => manager.connect(sessionId),
  acceptConnect: ({ manager }, { sessionId, token }) => manager.acceptConnect(sessionId, token),
  reject: ({ manager }, { token, reason }) => manager.reject(token, reason),
  disconnect: ({ manager }, { sessionId }) => manager.disconnect(sessionId),
  sendMessage: ({ manager }, { sessionId, msg }) => manager.sendMessage(sessionId, msg),
  sendData: ({ manager }, { sessionId, data }) => manager.sendData(sessionId, readBase64(data)),

  // The casts below hand on what the module checks itself, after it has refused apps that are not system apps.
  sendImage: ({ manager }, { sessionId, image, quality }) =>
    manager.sendImage(sessionId as number, image, quality as number), // see above
  createStream: ({ manager }, { sessionId, param }) => manager.createStream(sessionId as number, param as StreamParam), // see above
  setSurfaceId: ({ manager }, { streamId, surfaceId, param }) =>
    manager.setSurfaceId(streamId as number, surfaceId as string, param as SurfaceParam), // see above
  getSurfaceId: ({ manager }, { streamId, param }) => manager.getSurfaceId(streamId as number, param as SurfaceParam), // see above
  updateSurfaceParam: ({ manager }, { streamId, param }) =>
    manager.updateSurfaceParam(streamId as number, param as SurfaceParam), // see above
  startStream: ({ manager }, { streamId }) => manager.startStream(streamId as number), // see above
  stopStream: ({ manager }, { streamId }) => manager.stopStream(streamId as number), // see above
  destroyStream: ({ manager }, { streamId }) => manager.destroyStream(streamId as number), // see above
};

const base64 = new RegExp(BASE64_PATTERN);

function readBase64(data: unknown): Buffer {
  if (typeof data === 'string' && base64.test(data)) return Buffer.from(data, 'base64');
  throw new BrokerError('invalidParameter', 'data must be base64 with padding.');
}
