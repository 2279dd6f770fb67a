/** The reference's calls over the gateway, under their names and with their parameters, less `context`. */

import type { EventType, MethodName, MethodParams, MethodResult } from '../protocol/calls.js';
import { MAX_BINARY_REQUEST_ID } from '../protocol/data-frame.js';
import { BrokerError } from '../protocol/errors.js';
import type { ReferenceCalls } from './interface.js';
import type { EventCallback, Listeners } from './listeners.js';

export interface CallPort {
  readonly listeners: Listeners;
  call<M extends MethodName>(method: M, params: MethodParams<M>): Promise<MethodResult<M>>;
  sendData(sessionId: number, data: ArrayBuffer): Promise<void>;
}

export function createReferenceCalls(port: CallPort): ReferenceCalls {
  const { call, listeners } = port;

  async function on(type: EventType, sessionId: number, callback: EventCallback): Promise<void> {
    // First here, so that the gateway's first event finds it.
    listeners.add(type, sessionId, callback);
    try {
      await call('on', { type, sessionId });
    } catch (error) {
      listeners.remove(type, sessionId, callback);
      throw error;
    }
  }

  async function off(type: EventType, sessionId: number, callback?: EventCallback): Promise<void> {
    if (listeners.remove(type, sessionId, callback)) await call('off', { type, sessionId });
  }

  return {
    createAbilityConnectionSession: (serviceName, peerInfo, connectOptions) =>
      call('createAbilityConnectionSession', { serviceName, peerInfo, connectOptions }),
    async destroyAbilityConnectionSession(sessionId) {
      await call('destroyAbilityConnectionSession', { sessionId });
      listeners.forget(sessionId);
    },
    getPeerInfoById: async (sessionId) => (await call('getPeerInfoById', { sessionId })) ?? undefined,
    connect: (sessionId) => call('connect', { sessionId }),
    acceptConnect: async (sessionId, token) => void (await call('acceptConnect', { sessionId, token })),
    reject: async (token, reason) => void (await call('reject', { token, reason })),
    disconnect: async (sessionId) => void (await call('disconnect', { sessionId })),
    sendMessage: async (sessionId, msg) => void (await call('sendMessage', { sessionId, msg })),
    async sendData(sessionId, data) {
      checkData(sessionId, data);
      await port.sendData(sessionId, data);
    },
    ...eventCalls(on, off),
  };
}

type On = (type: EventType, sessionId: number, callback: EventCallback) => Promise<void>;
type Off = (type: EventType, sessionId: number, callback?: EventCallback) => Promise<void>;

/** `on` and `off` by type, and the names the reference gives each since version 23. */
function eventCalls(on: On, off: Off) {
  return {
    on,
    off,
    onConnect: on.bind(undefined, 'connect'),
    offConnect: off.bind(undefined, 'connect'),
    onDisconnect: on.bind(undefined, 'disconnect'),
    offDisconnect: off.bind(undefined, 'disconnect'),
    onReceiveMessage: on.bind(undefined, 'receiveMessage'),
    offReceiveMessage: off.bind(undefined, 'receiveMessage'),
    onReceiveData: on.bind(undefined, 'receiveData'),
    offReceiveData: off.bind(undefined, 'receiveData'),
    onReceiveImage: on.bind(undefined, 'receiveImage'),
    offReceiveImage: off.bind(undefined, 'receiveImage'),
    onCollaborateEvent: on.bind(undefined, 'collaborateEvent'),
    offCollaborateEvent: off.bind(undefined, 'collaborateEvent'),
  };
}

/** What a binary frame could not even say; everything else is the broker's to refuse. */
function checkData(sessionId: unknown, data: unknown): void {
  if (!Number.isInteger(sessionId) || Number(sessionId) < 0 || Number(sessionId) > MAX_BINARY_REQUEST_ID)
    throw new BrokerError('invalidParameter', 'sessionId must be a number of a session.');
  if (!(data instanceof ArrayBuffer)) throw new BrokerError('invalidParameter', 'data must be an ArrayBuffer.');
}
