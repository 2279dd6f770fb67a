import { describe, expect, it } from 'vitest';
import { SimulatedClock } from 'xstate';
import { createConnectionLog } from '../../src/hub/connection-log.js';
import { wordsOf } from '../../src/hub/words.js';
import { BrokerError, ERRORS, type ErrorKind } from '../../src/protocol/errors.js';

/** What only a client of the gateway can be told. */
const OF_CLIENTS: readonly ErrorKind[] = [
  'unauthenticated',
  'invalidToken',
  'forbidden',
  'appNotRegistered',
  'appInUse',
  'idempotencyKeyReused',
  'connectionLost',
  'gatewayUnreachable',
  'connectionRefused',
  'clientClosed',
  'bodyTooLarge',
  'tooManyAtOnce',
];
const KINDS = Object.keys(ERRORS) as ErrorKind[]; // a constant has no other keys

describe('failures by MQTT', () => {
  it.each(KINDS.filter((kind) => !OF_CLIENTS.includes(kind)))(
    'of kind %s speak of nothing that is not there',
    (kind) => {
      expect(wordsOf(new BrokerError(kind))).not.toMatch(/frame|JSON-RPC|gateway|connection|method|parameters/i);
      expect(wordsOf(new BrokerError(kind, 'So.'))).toMatch(/\S So\.$/);
    },
  );
});

describe('the log of a connection', () => {
  it('has no trouble in an end that was asked for, whatever was still to be written, and trouble in the next one', () => {
    const lines: string[] = [];
    const server = { url: 'mqtt://hub', version: '5' } as const;
    const log = createConnectionLog(server, new SimulatedClock(), (level, line) => void lines.push(`${level} ${line}`));
    log.attempt();
    log.connected();
    log.expectEnd();
    log.failed(new Error('write after end'));
    log.closed();
    expect(lines).toEqual([
      'info MQTT broker mqtt://hub: connected',
      'info MQTT broker mqtt://hub: the connection ends and begins anew',
    ]);
    log.attempt();
    log.failed(new Error('refused'));
    log.closed();
    expect(lines.slice(2)).toEqual(['warn MQTT broker mqtt://hub: refused']);
  });
});
