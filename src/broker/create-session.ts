/** createAbilityConnectionSession: the checks of the original, in its order. Source: reference-behaviour 4, create. */
import { REQUIRED_PERMISSIONS, StartOptionParams } from '../protocol/codes.js';
import { BrokerError } from '../protocol/errors.js';
import type { WireConnectOptions } from '../protocol/frame.js';
import type { RegisteredApp } from './apps.js';
import {
  expectComplete,
  expectCount,
  invalid,
  readConnectOptions,
  readPeerInfo,
  readSafely,
  readServiceName,
} from './arguments.js';
import type { BrokerCore } from './core.js';

/** Gives the new session's number. Throws BrokerError 801, 401, 202 or 201, in this order of checks; a refused call uses no number. */
export function createSession(core: BrokerCore, app: RegisteredApp, args: readonly unknown[]): number {
  if (!core.isCollaborationEnabled) throw new BrokerError('capabilityNotSupported', 'Collaboration is switched off.');
  expectCount(args, 4);
  const named = readServiceName(args[0]);
  if (args[1] !== app.context) throw invalid('context must be the context of this app.');
  const peerInfo = readSafely('peerInfo', () => readPeerInfo(args[2], named));
  const options = readSafely('connectOptions', () => readConnectOptions(args[3]));
  if (!app.isSystemApp && needsSystemApp(options)) {
    throw new BrokerError('notSystemApp', 'Background start and streams are for system apps.');
  }
  expectComplete(peerInfo);
  if (options.needSendStream && options.needReceiveStream) throw invalid('A stream goes one way only.');
  const missing = REQUIRED_PERMISSIONS.find((permission) => !app.isSystemApp && !app.permissions.has(permission));
  if (missing !== undefined) throw new BrokerError('permissionDenied', `${missing} is missing.`);
  if (app.isClosed) throw new BrokerError('brokerClosed', 'The app was closed.');
  const serviceName = named === '' ? peerInfo.serviceName : named;
  return core.sessions.create({ app, serviceName, peerInfo, options }).sessionId;
}

function needsSystemApp({ startOptions, needSendStream, needReceiveStream }: WireConnectOptions): boolean {
  return startOptions === StartOptionParams.START_IN_BACKGROUND || needSendStream || needReceiveStream;
}
