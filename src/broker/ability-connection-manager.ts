/** The reference's module for one app: its functions, enumerations and constants, and nothing else. */
import {
  CollaborateEventType,
  CollaborationKeys,
  CollaborationValues,
  ConnectErrorCode,
  ConnectOptionParams,
  DisconnectReason,
  FlipOptions,
  StartOptionParams,
  StreamRole,
  VideoPixelFormat,
} from '../protocol/codes.js';
import { BrokerError } from '../protocol/errors.js';
import type { RegisteredApp } from './apps.js';
import { acceptConnect, connect, destroySession, disconnect, getPeerInfoById, reject } from './calls.js';
import type { BrokerCore } from './core.js';
import { createSession } from './create-session.js';
import { off, on } from './events.js';
import type { AbilityConnectionManager } from './interface.js';
import type { EventName } from './listeners.js';
import { sendData, sendMessage } from './sends.js';

/** Calls take whatever they are given, because checking arguments is part of their contract. */
export function createAbilityConnectionManager(core: BrokerCore, app: RegisteredApp): AbilityConnectionManager {
  const systemOnly = (): never => {
    if (!app.isSystemApp) throw new BrokerError('notSystemApp');
    throw new BrokerError('capabilityNotSupported', 'Images and streams are not supported yet.');
  };
  const onEvent =
    (name: EventName) =>
    (...args: unknown[]) =>
      on(core, app, [name, ...args]);
  const offEvent =
    (name: EventName) =>
    (...args: unknown[]) =>
      off(core, app, [name, ...args]);

  return {
    createAbilityConnectionSession: (...args: unknown[]) => createSession(core, app, args),
    destroyAbilityConnectionSession: (...args: unknown[]) => destroySession(core, app, args),
    getPeerInfoById: (...args: unknown[]) => getPeerInfoById(core, app, args),
    connect: (...args: unknown[]) => connect(core, app, args),
    acceptConnect: (...args: unknown[]) => acceptConnect(core, app, args),
    reject: (...args: unknown[]) => reject(core, app, args),
    disconnect: (...args: unknown[]) => disconnect(core, app, args),
    sendMessage: (...args: unknown[]) => sendMessage(core, app, args),
    sendData: (...args: unknown[]) => sendData(core, app, args),

    on: (...args: unknown[]) => on(core, app, args),
    off: (...args: unknown[]) => off(core, app, args),
    onConnect: onEvent('connect'),
    offConnect: offEvent('connect'),
    onDisconnect: onEvent('disconnect'),
    offDisconnect: offEvent('disconnect'),
    onReceiveMessage: onEvent('receiveMessage'),
    offReceiveMessage: offEvent('receiveMessage'),
    onReceiveData: onEvent('receiveData'),
    offReceiveData: offEvent('receiveData'),
    onReceiveImage: onEvent('receiveImage'),
    offReceiveImage: offEvent('receiveImage'),
    onCollaborateEvent: onEvent('collaborateEvent'),
    offCollaborateEvent: offEvent('collaborateEvent'),

    sendImage: systemOnly,
    createStream: systemOnly,
    setSurfaceId: systemOnly,
    getSurfaceId: systemOnly,
    updateSurfaceParam: systemOnly,
    startStream: systemOnly,
    stopStream: systemOnly,
    destroyStream: systemOnly,

    ConnectErrorCode,
    DisconnectReason,
    StartOptionParams,
    CollaborateEventType,
    CollaborationKeys,
    CollaborationValues,
    ConnectOptionParams,
    StreamRole,
    FlipOptions,
    VideoPixelFormat,
  };
}
