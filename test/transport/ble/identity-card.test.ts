import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_DEVICE_ID_BYTES, MAX_DEVICE_NAME_BYTES } from '../../../src/protocol/limits.js';
import { cardKeyOf, openCard, sealCard } from '../../../src/transport/ble/discovery/identity-card.js';
import { MAX_CARD_BYTES } from '../../../src/transport/ble/gatt.js';
import { hex } from '../../../src/transport/contract/stage.js';

interface CardVector {
  readonly name: string;
  readonly deviceId: string;
  readonly deviceName: string;
  readonly nonce: string;
  readonly bytes: string;
}

interface Vectors {
  readonly accountTag: string;
  readonly cardKey: string;
  readonly cards: readonly CardVector[];
  readonly refusedCards: readonly { readonly name: string; readonly bytes: string }[];
}

const vectors: Vectors = JSON.parse(readFileSync(new URL('vectors/presence.json', import.meta.url), 'utf8'));
const key = cardKeyOf(vectors.accountTag);
const foreignKey = cardKeyOf('ff'.repeat(32));
const bytesOf = (digits: string): Uint8Array => Uint8Array.from(Buffer.from(digits, 'hex'));
const phone = { deviceId: 'phone', deviceName: 'Phone' };

/** Text of at most so many bytes of UTF-8. */
const text = (minLength: number, maxBytes: number) =>
  fc.string({ unit: 'grapheme', minLength, maxLength: maxBytes }).filter((it) => Buffer.byteLength(it) <= maxBytes);

describe('identity card', () => {
  it('has a key of its own', () => {
    expect(hex(key)).toBe(vectors.cardKey);
  });

  it.each(vectors.cards)('writes and reads $name', ({ deviceId, deviceName, nonce, bytes }) => {
    expect(hex(sealCard(key, { deviceId, deviceName }, Buffer.from(nonce, 'hex')))).toBe(bytes);
    expect(openCard(key, bytesOf(bytes))).toEqual({ deviceId, deviceName });
    expect(bytes.length / 2).toBeLessThanOrEqual(MAX_CARD_BYTES);
  });

  it.each(vectors.refusedCards)('does not open $name', ({ bytes }) => {
    expect(openCard(key, bytesOf(bytes))).toBeUndefined();
  });

  it('reads back what was written, and is of no account but its own', () => {
    const identity = fc.record({ deviceId: text(1, MAX_DEVICE_ID_BYTES), deviceName: text(0, MAX_DEVICE_NAME_BYTES) });
    fc.assert(
      fc.property(identity, (written) => {
        const card = sealCard(key, written);
        expect(openCard(key, card)).toEqual(written);
        expect(openCard(foreignKey, card)).toBeUndefined();
      }),
    );
  });

  it('does not open when any byte is changed or missing', () => {
    const card = sealCard(key, phone);
    for (let place = 0; place < card.length; place += 1) {
      expect(openCard(key, card.with(place, (card[place] ?? 0) ^ 0x80))).toBeUndefined();
      expect(openCard(key, card.subarray(0, place))).toBeUndefined();
    }
  });

  it('is another one each time, of a length that says little', () => {
    const [some, others] = [sealCard(key, phone), sealCard(key, phone)];
    expect(hex(some.subarray(1))).not.toBe(hex(others.subarray(1)));
    expect(sealCard(key, { deviceId: 'hub', deviceName: 'Living room' })).toHaveLength(some.length);
  });

  it.each([
    ['no device id', { deviceId: '', deviceName: '' }],
    ['a device id beyond its bound', { deviceId: 'i'.repeat(129), deviceName: '' }],
    ['a name beyond its bound', { deviceId: 'i', deviceName: 'ü'.repeat(125) }],
  ])('refuses to say %s', (_, identity) => {
    expect(() => sealCard(key, identity)).toThrow(RangeError);
  });

  it('takes any bytes without an error', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => openCard(key, bytes) === undefined));
  });
});
