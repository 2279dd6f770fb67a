/** The app's calls, such that they survive a lost connection, see REPEATS, and such that none waits longer than it may. */

import { CLIENT_CALL_TIMEOUT_MS } from '../protocol/client-limits.js';
import { writeSendData } from '../protocol/data-frame.js';
import { BrokerError } from '../protocol/errors.js';
import { MAX_DATA_BYTES } from '../protocol/limits.js';
import { encodeParams } from './encode.js';
import type { Keeper } from './keeper.js';
import type { CallRules } from './queue.js';
import type { CallPort } from './reference-calls.js';
import { createKeys, repeatOf } from './repeats.js';

/** By method. `callTimeoutMs` is what the app has chosen, if it has. */
export type RulesOf = (method: string) => CallRules;

export function createRules(callTimeoutMs: number | undefined): RulesOf {
  return (method) => ({
    name: method,
    repeat: repeatOf(method),
    timeoutMs: callTimeoutMs ?? CLIENT_CALL_TIMEOUT_MS,
    // Their answer is the peer's, and comes when it has all of it: only the app knows how long that may take.
    isPatient: callTimeoutMs === undefined && (method === 'sendMessage' || method === 'sendData'),
  });
}

export function createKeyedCalls({ use }: Pick<Keeper, 'use'>, rulesOf: RulesOf): Pick<CallPort, 'call' | 'sendData'> {
  const nextKey = createKeys();
  return {
    async call(method, params) {
      const rules = rulesOf(method);
      const sent = rules.repeat === 'forApp' ? { idempotencyKey: nextKey(), ...params } : params;
      const text = encodeParams(method, sent);
      return use((connection) => connection.send(method, text), rules);
    },
    async sendData(sessionId, data) {
      const bytes = data.byteLength;
      // Before it is copied.
      if (bytes >= MAX_DATA_BYTES) throw new BrokerError('invalidParameter', describe(bytes));
      // Written once: the app may change its buffer while the call waits, or is repeated.
      const frame = writeSendData(0, sessionId, data, nextKey());
      return use((connection) => connection.sendData(frame, bytes), { ...rulesOf('sendData'), bytes });
    },
  };
}

function describe(bytes: number): string {
  return `data has ${bytes.toLocaleString('en')} bytes; it must be below ${MAX_DATA_BYTES.toLocaleString('en')}.`;
}
