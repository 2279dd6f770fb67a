/** The listeners of one session. Lists are replaced, never changed, so that a listener may come or go while an event is raised. */

/** Every event a listener may be registered for. */
export const EVENT_NAMES = ['connect', 'disconnect', 'receiveMessage', 'receiveData'] as const;
/** Events for system apps only. Source: reference-behaviour 1.2. */
export const SYSTEM_EVENT_NAMES = ['collaborateEvent', 'receiveImage'] as const;
export type EventName = (typeof EVENT_NAMES)[number] | (typeof SYSTEM_EVENT_NAMES)[number];

export type Callback = (info: unknown) => void;
/** A record and no Map: fewer and smaller objects, of which there may be 100,000. */
export type Listeners = { [name in EventName]?: readonly Callback[] | undefined };

export function addListener(listeners: Listeners, name: EventName, callback: Callback): void {
  listeners[name] = [...(listeners[name] ?? []), callback];
}

/** Whether an event to which nobody listens waits. Those of system apps do not: what they say, the answer of a call says, too. */
export function isWaiting(name: EventName): boolean {
  return (EVENT_NAMES as readonly EventName[]).includes(name); // a wider type, to look a system event up
}

/** Removes one registration of `callback`, or all of the event's listeners when it is undefined. */
export function removeListener(listeners: Listeners, name: EventName, callback: Callback | undefined): void {
  const present = listeners[name];
  if (present === undefined) return;
  const at = callback === undefined ? -1 : present.indexOf(callback);
  const rest = callback === undefined ? [] : present.filter((_, index) => index !== at);
  listeners[name] = rest.length === 0 ? undefined : rest;
}

/**
 * Calls the event's listeners in order. One that throws does not disturb the others: its error surfaces as an uncaught exception in
 * a later turn, as RxJS does with a subscriber that throws.
 */
export function raise(listeners: Listeners | undefined, name: EventName, info: unknown): void {
  const callbacks = listeners?.[name];
  if (callbacks === undefined) return;
  for (const callback of callbacks) {
    try {
      callback(info);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}
