/** The app this client speaks for: its seat at the gateway, its events, and what of it survives a lost connection. */

import type { EventType, MethodResult } from '../protocol/calls.js';
import { DisconnectReason, OnCollaborateResult, WantKeys } from '../protocol/codes.js';
import type { ReceivedData } from '../protocol/data-frame.js';
import type { NotificationParams } from '../protocol/notified.js';
import { isObject } from '../protocol/shape.js';
import type { ClientClock } from './clock.js';
import type { Connection } from './connection.js';
import type { AppDefinition, TandemClient, Want } from './interface.js';
import type { EventFields, Listeners } from './listeners.js';

type Registration = MethodResult<'registerApp'>;

export interface ClientApp {
  register(connection: Connection, definition: AppDefinition): Promise<Registration>;
  /** The gateway has the app, or keeps it for its client to come back. */
  readonly isKept: boolean;
  /** The gateway keeps the app for so long. */
  onConnectionLost(graceMs: number): void;
  /** The client is closed: nothing is left running. */
  end(): void;
  /** Takes the seat again on a new connection; the gateway then sends what happened meanwhile. */
  restore(connection: Connection): Promise<void>;
  onEvent(event: NotificationParams<'event'>): void;
  onData(data: ReceivedData): void;
  onCollaborate(request: NotificationParams<'collaborate'>): void;
}

export interface ClientAppOptions {
  readonly listeners: Listeners;
  readonly clock: ClientClock;
  /** Whose app it is; made after the app. */
  client(): TandemClient;
  /** The grace period is over, or the gateway does not know the app any more. */
  onLost(): void;
}

export function createClientApp({ listeners, clock, client, onLost }: ClientAppOptions): ClientApp {
  let registered: AppDefinition | undefined;
  /** The last event that arrived, and whose count it belongs to. */
  let position: { readonly epoch: string; offset: number } | undefined;
  let isKept = false;
  let graceTimer: unknown;
  /** Events of sessions that are being turned off. */
  const declining = new Set<string>();

  function register(connection: Connection, definition: AppDefinition): Promise<Registration> {
    const { onCollaborate, ...name } = definition;
    const params = {
      ...name,
      onCollaborate: onCollaborate !== undefined,
      ...(position !== undefined && { resume: { ...position } }),
    };
    return connection.call('registerApp', params, (result) => {
      registered = definition;
      endGrace();
      // Another process of this app may have had the seat meanwhile: that one's memory is not ours.
      if (!result.resumed || result.epoch !== position?.epoch) lose();
      isKept = true;
      if (!result.recovered) position = { epoch: result.epoch, offset: result.offset };
      endAllBut(result.sessions.map(({ sessionId }) => sessionId));
    });
  }

  /** Sessions that ended while nobody was there to hear of it: the gateway was started anew, or the grace period is over. */
  function endAllBut(sessionIds: readonly number[]): void {
    for (const sessionId of listeners.sessionIds()) {
      if (sessionIds.includes(sessionId)) continue;
      listeners.raise('disconnect', { sessionId, reason: DisconnectReason.NETWORK_DISCONNECTED });
      listeners.forget(sessionId);
    }
  }

  function lose(): void {
    endGrace();
    isKept = false;
    onLost();
  }

  function endGrace(): void {
    if (graceTimer !== undefined) clock.clearTimeout(graceTimer);
    graceTimer = undefined;
  }

  /** The gateway keeps what comes after this, and sends it when the app is taken up again. False for what was there before. */
  function note(offset: number): boolean {
    if (position === undefined) return true;
    if (offset <= position.offset) return false;
    position.offset = offset;
    return true;
  }

  /** Nobody listens after `off`, or where an earlier process of this app did: what is on its way is kept here, and the rest there. */
  function raise(type: EventType, info: EventFields): void {
    if (listeners.raise(type, info)) return;
    const key = `${info.sessionId} ${type}`;
    if (declining.has(key)) return;
    declining.add(key);
    const forget = (): void => void declining.delete(key);
    // Where the gateway refuses, the next event asks again.
    client().call('off', { type, sessionId: info.sessionId }).then(forget, forget);
  }

  async function answer(definition: AppDefinition, want: Want): Promise<void> {
    const result = await ask(definition, want, client());
    if (result !== OnCollaborateResult.REJECT) return;
    // Refused here means answered already: by the app with words of its own, or by the timeout.
    await client()
      .reject(tokenOf(want), '')
      .catch(() => {});
  }

  return {
    register,
    get isKept() {
      return isKept;
    },
    onConnectionLost(graceMs) {
      // Attempts to come back that fail do not prolong it.
      if (isKept) graceTimer ??= clock.setTimeout(lose, graceMs);
    },
    end: endGrace,
    async restore(connection) {
      if (registered !== undefined) await register(connection, registered);
    },
    onEvent({ offset, type, data: _base64, ...info }) {
      if (note(offset)) raise(type, info);
    },
    onData({ offset, sessionId, payload }) {
      if (note(offset)) raise('receiveData', { sessionId, data: payload.slice().buffer });
    },
    onCollaborate({ offset, want }) {
      if (note(offset) && registered !== undefined) void answer(registered, want);
    },
  };
}

/** An app that throws refuses; what it threw reaches the process as an unhandled rejection, as any failure of the app's own code. */
async function ask(definition: AppDefinition, want: Want, client: TandemClient): Promise<OnCollaborateResult> {
  try {
    return (await definition.onCollaborate?.(want, client)) ?? OnCollaborateResult.REJECT;
  } catch (error) {
    void Promise.reject(error);
    return OnCollaborateResult.REJECT;
  }
}

function tokenOf(want: Want): string {
  const parameters = want[WantKeys.COLLABORATE_PARAMETERS];
  return isObject(parameters) ? String(parameters[WantKeys.TOKEN]) : '';
}
