import { describe, expect, it } from 'vitest';
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
