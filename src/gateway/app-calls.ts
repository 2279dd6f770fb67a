/** The reference's calls, for the app of a connection: its own sessions and no others are within reach. */

import type { MethodName, MethodParams, MethodResult } from '../protocol/calls.js';
import type { StreamParam, SurfaceParam } from '../protocol/collaboration.js';
import type { METHODS } from '../protocol/methods.js';
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
  sendData: (sessions, { sessionId, data }) => sendBytes(sessions, sessionId, Buffer.from(data, 'base64')),

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

/** `bytes` may be a view into something larger, and of what is larger more may be in use: the broker gets a buffer of its own. */
export function sendBytes({ giveData }: AppSessions, sessionId: number, bytes: Uint8Array): Promise<void> {
  const { buffer, byteOffset, byteLength } = bytes;
  return giveData(sessionId, buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer); // never shared: it came from a socket
}
