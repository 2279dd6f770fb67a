/** The reference's calls over the gateway, under their names and with their parameters, less `context`. */

import {
  expectCount,
  readAll,
  readFunction,
  readMessage,
  readName,
  readReason,
  readSessionId,
  readSessionRequest,
  readToken,
} from '../protocol/arguments.js';
import type { EventType, MethodName, MethodParams, MethodResult } from '../protocol/calls.js';
import { readData } from '../protocol/data-argument.js';
import { MAX_BINARY_REQUEST_ID } from '../protocol/data-frame.js';
import { BrokerError } from '../protocol/errors.js';
import type { ReferenceCalls } from './interface.js';
import type { EventCallback, Listeners } from './listeners.js';

export interface CallPort {
  readonly listeners: Listeners;
  call<M extends MethodName>(method: M, params: MethodParams<M>): Promise<MethodResult<M>>;
  /** Takes the bytes as they are now. */
  sendData(sessionId: number, data: Uint8Array): Promise<void>;
}

/** Arguments are checked here, by the broker's own rules: a call that it would refuse is not even written, and JSON changes no value. */
export function createReferenceCalls(port: CallPort): ReferenceCalls {
  const { call, listeners } = port;

  async function on(...args: unknown[]): Promise<void> {
    const [type, sessionId, callback] = readAll(args, readType, readSessionId, readCallback);
    // First here, so that the gateway's first event finds it.
    listeners.add(type, sessionId, callback);
    try {
      await call('on', { type, sessionId });
    } catch (error) {
      listeners.remove(type, sessionId, callback);
      throw error;
    }
  }

  /** Without a callback: all of them. */
  async function off(...args: unknown[]): Promise<void> {
    const [given, third] = [args.slice(0, 2), args[2]];
    expectCount(args, 2, 3);
    const [type, sessionId] = readAll(given, readType, readSessionId);
    const callback = third === undefined ? undefined : readCallback(third);
    if (listeners.remove(type, sessionId, callback)) await call('off', { type, sessionId });
  }

  return {
    async createAbilityConnectionSession(...args: unknown[]) {
      expectCount(args, 3);
      const { serviceName, peerInfo, options } = readSessionRequest(args[0], args[1], args[2]);
      return call('createAbilityConnectionSession', { serviceName, peerInfo, connectOptions: options });
    },
    async destroyAbilityConnectionSession(...args: unknown[]) {
      const [sessionId] = readAll(args, readSessionId);
      await call('destroyAbilityConnectionSession', { sessionId });
      listeners.forget(sessionId);
    },
    async getPeerInfoById(...args: unknown[]) {
      const [sessionId] = readAll(args, readSessionId);
      return (await call('getPeerInfoById', { sessionId })) ?? undefined;
    },
    async connect(...args: unknown[]) {
      const [sessionId] = readAll(args, readSessionId);
      listeners.begin(sessionId);
      return call('connect', { sessionId });
    },
    async acceptConnect(...args: unknown[]) {
      const [sessionId, token] = readAll(args, readSessionId, readToken);
      listeners.begin(sessionId);
      await call('acceptConnect', { sessionId, token });
    },
    async reject(...args: unknown[]) {
      const [token, reason] = readAll(args, readToken, readReason);
      await call('reject', { token, reason });
    },
    async disconnect(...args: unknown[]) {
      const [sessionId] = readAll(args, readSessionId);
      await call('disconnect', { sessionId });
    },
    async sendMessage(...args: unknown[]) {
      const [sessionId, msg] = readAll(args, readSessionId, readMessage);
      await call('sendMessage', { sessionId, msg });
    },
    async sendData(...args: unknown[]) {
      const [sessionId, data] = readAll(args, readSessionId, readData);
      // A binary frame could not even name it.
      if (!(sessionId >= 0 && sessionId <= MAX_BINARY_REQUEST_ID)) {
        throw new BrokerError('sessionNotFound', `There is no session ${sessionId}.`);
      }
      await port.sendData(sessionId, data);
    },
    ...eventCalls(on, off),
  };
}

/** Which events there are, and whose, the gateway knows. */
function readType(value: unknown): EventType {
  return readName(value, 'type') as EventType; // the gateway refuses others
}

function readCallback(value: unknown): EventCallback {
  return readFunction(value, 'callback');
}

type EventCall = (...args: unknown[]) => Promise<void>;

/** `on` and `off` by type, and the names the reference gives each since version 23. */
function eventCalls(on: EventCall, off: EventCall) {
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
