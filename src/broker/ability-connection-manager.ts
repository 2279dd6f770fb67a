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
type Call<Result> = (...args: unknown[]) => Result;

export function createAbilityConnectionManager(core: BrokerCore, app: RegisteredApp): AbilityConnectionManager {
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
    ...namedEvents(core, app),
    ...systemCalls(app),
    ...enumerations,
  };
}

const enumerations = {
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

/** The static-style names: onX and offX are `on` and `off` with the event's name. Source: reference-behaviour 1.1. */
function namedEvents(core: BrokerCore, app: RegisteredApp) {
  const onEvent = (name: EventName): Call<void> => {
    return (...args) => on(core, app, [name, ...args]);
  };
  const offEvent = (name: EventName): Call<void> => {
    return (...args) => off(core, app, [name, ...args]);
  };
  return {
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
  };
}

/** 202 for other apps before any argument is looked at; 801 for system apps until images and streams come. */
function systemCalls(app: RegisteredApp) {
  const refuse: Call<never> = () => {
    if (!app.isSystemApp) throw new BrokerError('notSystemApp');
    throw new BrokerError('capabilityNotSupported', 'Images and streams are not supported yet.');
  };
  return {
    sendImage: refuse,
    createStream: refuse,
    setSurfaceId: refuse,
    getSurfaceId: refuse,
    updateSurfaceParam: refuse,
    startStream: refuse,
    stopStream: refuse,
    destroyStream: refuse,
  };
}
