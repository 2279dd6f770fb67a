/** on and off, by event name or by the static-style names. Source: reference-behaviour 4, on and off. */

import { expectCount, invalid, readFunction, readSessionId } from '../protocol/arguments.js';
import { BrokerError } from '../protocol/errors.js';
import type { RegisteredApp } from './apps.js';
import { getSession } from './calls.js';
import type { BrokerCore } from './core.js';
import {
  addListener,
  type Callback,
  EVENT_NAMES,
  type EventName,
  removeListener,
  SYSTEM_EVENT_NAMES,
} from './listeners.js';
import { tellLater } from './tell.js';

export function on(core: BrokerCore, app: RegisteredApp, args: readonly unknown[]): void {
  const name = readEventName(app, args[0]);
  expectCount(args, 3);
  const sessionId = readSessionId(args[1]);
  const callback = readFunction<Callback>(args[2], 'callback');
  const session = getSession(core, app, sessionId);
  session.listeners ??= {};
  addListener(session.listeners, name, callback);
  tellLater(session);
}

/** Without a third argument all listeners of the event go; anything but a function in its place is a mistake, and takes none away. */
export function off(core: BrokerCore, app: RegisteredApp, args: readonly unknown[]): void {
  const name = readEventName(app, args[0]);
  expectCount(args, 2, 3);
  const sessionId = readSessionId(args[1]);
  const callback = args[2] === undefined ? undefined : readFunction<Callback>(args[2], 'callback');
  const session = getSession(core, app, sessionId);
  if (session.listeners !== undefined) removeListener(session.listeners, name, callback);
}

/** The system apps' events are refused before anything else is looked at. */
function readEventName(app: RegisteredApp, value: unknown): EventName {
  const systemName = SYSTEM_EVENT_NAMES.find((name) => name === value);
  if (systemName !== undefined) {
    if (!app.isSystemApp) throw new BrokerError('notSystemApp');
    return systemName;
  }
  const name = EVENT_NAMES.find((known) => known === value);
  if (name === undefined) throw invalid(`type must be one of ${EVENT_NAMES.join(', ')}.`);
  return name;
}
