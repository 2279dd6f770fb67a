/** What the gateway says on its own account, read from the wire. */
import type { NotificationName, NotificationParams } from '../protocol/notified.js';
import { isObject } from '../protocol/shape.js';

export type Notification = {
  readonly [N in NotificationName]: { readonly method: N; readonly params: NotificationParams<N> };
}[NotificationName];

/**
 * Checks the fields that this client acts on itself; undefined when they do not fit. What it only hands on is the gateway's word: its
 * broker has checked it, and the schemas that could check it again weigh more than the whole client.
 */
export function readNotification(method: string, params: unknown): Notification | undefined {
  if (!isObject(params) || !isKnown(method)) return undefined;
  const isFitting = Object.entries(ACTED_ON[method]).every(([name, type]) => typeof params[name] === type);
  return isFitting ? ({ method, params } as unknown as Notification) : undefined; // checked above as far as it matters
}

/** By method, the type of each field that the client acts on. */
const ACTED_ON: { readonly [N in NotificationName]: { readonly [K in keyof NotificationParams<N>]?: string } } = {
  hello: { protocol: 'object', limits: 'object', pingIntervalMs: 'number' },
  collaborate: { offset: 'number', want: 'object' },
  event: { offset: 'number', type: 'string', sessionId: 'number' },
  update: { subscription: 'string', epoch: 'string', offset: 'number' },
  lag: { coalesced: 'number', queuedBytes: 'number' },
};

function isKnown(method: string): method is NotificationName {
  return Object.hasOwn(ACTED_ON, method);
}
