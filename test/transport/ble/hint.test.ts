import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deviceTagOf, hintKeyOf, openHint, sealHint } from '../../../src/transport/ble/discovery/hint.js';
import { HINT_BYTES } from '../../../src/transport/ble/gatt.js';
import { hex } from '../../../src/transport/contract/stage.js';

interface HintVector {
  readonly name: string;
  readonly deviceId: string;
  readonly targetId?: string;
  readonly salt: string;
  readonly bytes: string;
  readonly isOnlyRead?: boolean;
}

interface Vectors {
  readonly accountTag: string;
  readonly hintKey: string;
  readonly deviceTags: readonly { readonly deviceId: string; readonly deviceTag: string }[];
  readonly hints: readonly HintVector[];
  readonly refusedHints: readonly { readonly name: string; readonly bytes: string }[];
}

const vectors: Vectors = JSON.parse(readFileSync(new URL('vectors/presence.json', import.meta.url), 'utf8'));
const key = hintKeyOf(vectors.accountTag);
const foreignKey = hintKeyOf('ff'.repeat(32));
const bytesOf = (digits: string): Uint8Array => Uint8Array.from(Buffer.from(digits, 'hex'));
const tag = fc.uint8Array({ minLength: 3, maxLength: 3 }).map(hex);
const salt = fc.uint8Array({ minLength: 3, maxLength: 3 }).map((bytes) => Buffer.from(bytes));

describe('hint', () => {
  it('has a key of its own', () => {
    expect(hex(key)).toBe(vectors.hintKey);
  });

  it.each(vectors.deviceTags)('names $deviceId $deviceTag', ({ deviceId, deviceTag }) => {
    expect(deviceTagOf(key, deviceId)).toBe(deviceTag);
  });

  it.each(vectors.hints)('writes and reads $name', ({ deviceId, targetId, bytes, isOnlyRead, ...vector }) => {
    const targetTag = targetId === undefined ? undefined : deviceTagOf(key, targetId);
    const hint = { deviceTag: deviceTagOf(key, deviceId), targetTag };
    expect(openHint(key, bytesOf(bytes))).toEqual(hint);
    if (isOnlyRead !== true) expect(hex(sealHint(key, hint, Buffer.from(vector.salt, 'hex')))).toBe(bytes);
  });

  it.each(vectors.refusedHints)('does not open $name', ({ bytes }) => {
    expect(openHint(key, bytesOf(bytes))).toBeUndefined();
  });

  it('reads back what was written, and is of no account but its own', () => {
    fc.assert(
      fc.property(tag, fc.option(tag, { nil: undefined }), salt, (deviceTag, targetTag, withSalt) => {
        const bytes = sealHint(key, { deviceTag, targetTag }, withSalt);
        expect(bytes).toHaveLength(HINT_BYTES);
        expect(openHint(key, bytes)).toEqual({ deviceTag, targetTag });
        expect(openHint(foreignKey, bytes)).toBeUndefined();
      }),
    );
  });

  it('does not open when one bit is changed', () => {
    const bytes = sealHint(key, { deviceTag: '010203', targetTag: undefined });
    for (let bit = 0; bit < 8 * HINT_BYTES; bit += 1) {
      const changed = bytes.map((byte, place) => (place === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
      expect(openHint(key, changed)).toBeUndefined();
    }
  });

  it('shows a stranger nothing that stays: with another salt, all but the first byte differs', () => {
    const hint = { deviceTag: '010203', targetTag: undefined };
    const seen = Array.from({ length: 200 }, () => sealHint(key, hint));
    for (let place = 1; place < HINT_BYTES; place += 1) {
      // 200 random bytes take about 139 values; a byte that stays takes one.
      expect(new Set(seen.map((bytes) => bytes[place])).size).toBeGreaterThan(80);
    }
  });

  it('shows other bytes with the same salt once it asks for a link', () => {
    const withSalt = Buffer.from('010203', 'hex');
    const quiet = sealHint(key, { deviceTag: '010203', targetTag: undefined }, withSalt);
    const asking = sealHint(key, { deviceTag: '010203', targetTag: '040506' }, withSalt);
    expect(hex(asking.subarray(4, 7))).not.toBe(hex(quiet.subarray(4, 7)));
  });

  it('takes any bytes without an error', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => openHint(key, bytes) === undefined));
  });
});
