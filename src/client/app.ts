/** The app this client speaks for: its seat at the gateway, its events, and what of it survives a lost connection. */
import { DisconnectReason, OnCollaborateResult, WantKeys } from '../protocol/codes.js';
import type { ReceivedData } from '../protocol/data-frame.js';
import type { MethodResult } from '../protocol/methods.js';
import type { NotificationParams } from '../protocol/notifications.js';
import { isObject } from '../protocol/shape.js';
import type { Connection } from './connection.js';
import type { AppDefinition, Want } from './interface.js';
import type { Listeners } from './listeners.js';

type Registration = MethodResult<'registerApp'>;

export interface ClientApp {
  register(connection: Connection, definition: AppDefinition): Promise<Registration>;
  /** Takes the seat again on a new connection; the gateway then sends what happened meanwhile. */
  restore(connection: Connection): Promise<void>;
  onEvent(event: NotificationParams<'event'>): void;
  onData(data: ReceivedData): void;
  onCollaborate(request: NotificationParams<'collaborate'>): void;
}

export interface ClientAppOptions {
  readonly listeners: Listeners;
  /** Hands a request to the app's `onCollaborate`. */
  ask(definition: AppDefinition, want: Want): Promise<OnCollaborateResult>;
  reject(token: string): Promise<void>;
}

export function createClientApp({ listeners, ask, reject }: ClientAppOptions): ClientApp {
  let registered: AppDefinition | undefined;
  /** The last event that arrived, and whose count it belongs to. */
  let position: { readonly epoch: string; offset: number } | undefined;

  function register(connection: Connection, definition: AppDefinition): Promise<Registration> {
    const { onCollaborate, ...name } = definition;
    const params = {
      ...name,
      onCollaborate: onCollaborate !== undefined,
      ...(position !== undefined && { resume: { ...position } }),
    };
    return connection.call('registerApp', params, (result) => {
      registered = definition;
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

  /** The gateway keeps what comes after this, and sends it when the app is taken up again. */
  function note(offset: number): void {
    if (position !== undefined) position.offset = offset;
  }

  async function answer(definition: AppDefinition, want: Want): Promise<void> {
    const result = await ask(definition, want);
    if (result !== OnCollaborateResult.REJECT) return;
    // Refused here means answered already: by the app with words of its own, or by the timeout.
    await reject(tokenOf(want)).catch(() => {});
  }

  return {
    register,
    async restore(connection) {
      if (registered !== undefined) await register(connection, registered);
    },
    onEvent({ offset, type, data: _base64, ...info }) {
      note(offset);
      listeners.raise(type, info);
    },
    onData({ offset, sessionId, payload }) {
      note(offset);
      listeners.raise('receiveData', { sessionId, data: payload.slice().buffer });
    },
    onCollaborate({ offset, want }) {
      note(offset);
      if (registered !== undefined) void answer(registered, want);
    },
  };
}

function tokenOf(want: Want): string {
  const parameters = want[WantKeys.COLLABORATE_PARAMETERS];
  return isObject(parameters) ? String(parameters[WantKeys.TOKEN]) : '';
}
