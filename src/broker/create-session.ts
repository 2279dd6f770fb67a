/** createAbilityConnectionSession: the checks of the original, in its order. Source: reference-behaviour 4, create. */
import { expectCount, invalid, readSafely, readSessionRequest } from '../protocol/arguments.js';
import { REQUIRED_PERMISSIONS } from '../protocol/codes.js';
import { BrokerError } from '../protocol/errors.js';
import type { RegisteredApp } from './apps.js';
import type { BrokerCore } from './core.js';

/**
 * Gives the new session's number. Throws BrokerError 801, 401 or 201, in this order of checks, and never 202: the page has 201 and 401 only, so
 * streams and the start in the background are every app's to ask for. A refused call uses no number.
 */
export function createSession(core: BrokerCore, app: RegisteredApp, args: readonly unknown[]): number {
  if (!core.isCollaborationEnabled) throw new BrokerError('capabilityNotSupported', 'Collaboration is switched off.');
  expectCount(args, 4);
  const [serviceName, context, peerInfo, connectOptions] = args;
  if (context !== app.context) throw invalid('context must be the context of this app.');
  const request = readSessionRequest(serviceName, peerInfo, connectOptions);
  warnOfOlderName(connectOptions);
  const missing = REQUIRED_PERMISSIONS.find((permission) => !app.isSystemApp && !app.permissions.has(permission));
  if (missing !== undefined) throw new BrokerError('permissionDenied', `${missing} is missing.`);
  if (app.isClosed) throw new BrokerError('brokerClosed', 'The app was closed.');
  return core.sessions.create({ app, ...request }).sessionId;
}

let isOlderNameReported = false;

/** Once a process: the reference's own examples use it. */
function warnOfOlderName(connectOptions: unknown): void {
  const isUsed = readSafely('connectOptions', () => Object(connectOptions).needSendBigData !== undefined);
  if (!isUsed || isOlderNameReported) return;
  isOlderNameReported = true;
  process.emitWarning('needSendBigData is the older name of needSendData.', 'DeprecationWarning');
}
