/** The hint: 13 bytes by which devices of one account know each other by radio, and nobody else. Layout: docs/peer-protocol.md, "Bluetooth LE". */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { tagKey } from '../../account.js';
import { HINT_BYTES } from '../gatt.js';

/** What a hint says to devices of the account. */
export interface Hint {
  /** See `deviceTagOf`. */
  readonly deviceTag: string;
  /** Tag of the device that is asked to dial this one; undefined: none is. */
  readonly targetTag: string | undefined;
}

const VERSION = 1;
const WANTS_LINK = 0x01;
const SALT_BYTES = 3;
const TAG_BYTES = 3;
/** Where the parts end: flags and salt, then the masked tags, then the check. */
const MASKED_AT = 1 + SALT_BYTES;
const CHECK_AT = MASKED_AT + 2 * TAG_BYTES;
const NO_TAG = '00'.repeat(TAG_BYTES);

/** The key for everything in this file, from the account tag. */
export function hintKeyOf(accountTag: string): Uint8Array {
  return tagKey(accountTag, 'tandem hint 1');
}

/** Short name of a device within its account, 6 hexadecimal digits. Two devices may have the same one: only a card tells who it is. */
export function deviceTagOf(key: Uint8Array, deviceId: string): string {
  return mac(key, 'device', Buffer.from(deviceId)).toString('hex', 0, TAG_BYTES);
}

/** Sealed with another salt, the same hint has nothing in common with this one but its first byte. */
export function sealHint(key: Uint8Array, { deviceTag, targetTag }: Hint, salt = randomBytes(SALT_BYTES)): Uint8Array {
  const flags = (VERSION << 4) | (targetTag === undefined ? 0 : WANTS_LINK);
  const head = Buffer.from([flags, ...salt]);
  const tags = Buffer.from(deviceTag + (targetTag ?? NO_TAG), 'hex');
  const masked = Buffer.concat([head, mask(key, head, tags)]);
  return Uint8Array.from(Buffer.concat([masked, check(key, masked)]));
}

/** Undefined for the hint of another account or version, and for anything else. A hint that was recorded and replayed opens, too. */
export function openHint(key: Uint8Array, bytes: Uint8Array): Hint | undefined {
  const [flags = 0] = bytes;
  if (bytes.length !== HINT_BYTES || flags >> 4 !== VERSION) return undefined;
  if (!timingSafeEqual(bytes.subarray(CHECK_AT), check(key, bytes.subarray(0, CHECK_AT)))) return undefined;
  const tags = mask(key, bytes.subarray(0, MASKED_AT), bytes.subarray(MASKED_AT, CHECK_AT));
  return {
    deviceTag: tags.toString('hex', 0, TAG_BYTES),
    targetTag: (flags & WANTS_LINK) === 0 ? undefined : tags.toString('hex', TAG_BYTES),
  };
}

/** Its own inverse. */
function mask(key: Uint8Array, head: Uint8Array, tags: Uint8Array): Buffer {
  const stream = mac(key, 'mask', head);
  return Buffer.from(tags.map((byte, place) => byte ^ (stream[place] ?? 0)));
}

function check(key: Uint8Array, bytes: Uint8Array): Buffer {
  return mac(key, 'check', bytes).subarray(0, HINT_BYTES - CHECK_AT);
}

/** HMAC-SHA-256; no use is the beginning of another one. Source: RFC 2104. */
function mac(key: Uint8Array, use: 'device' | 'mask' | 'check', bytes: Uint8Array): Buffer {
  return createHmac('sha256', key).update(use).update(bytes).digest();
}
