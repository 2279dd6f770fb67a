/** The account: a secret shared by devices that trust each other. */
import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { BrokerError } from '../protocol/errors.js';

/** Bytes of an account key; Noise takes pre-shared keys of this size only. Source: Noise specification, section 9.1. */
const ACCOUNT_KEY_BYTES = 32;
const KEY_BYTES = 32;
/** What base64url makes of 32 bytes. */
const ACCOUNT_TEXT = /^[A-Za-z0-9_-]{43}$/;
/** Enough to tell accounts apart when people compare them. */
const FINGERPRINT_DIGITS = 16;

/** Text of a fresh account key. Whoever holds it is trusted: keep it like a password. */
export function createAccount(): string {
  return randomBytes(ACCOUNT_KEY_BYTES).toString('base64url');
}

/** The key in the text of an account. Throws BrokerError `invalidParameter`, whose words never repeat the text. */
export function parseAccount(text: string): Uint8Array {
  const trimmed = text.trim();
  if (!ACCOUNT_TEXT.test(trimmed)) {
    throw new BrokerError(
      'invalidParameter',
      'An account is 43 characters of base64url: letters, digits, "-" and "_".',
    );
  }
  const key = Buffer.from(trimmed, 'base64url');
  if (key.toString('base64url') !== trimmed) {
    throw new BrokerError('invalidParameter', 'The last character of the account is not the right one: is it cut off?');
  }
  return new Uint8Array(key);
}

/** 16 hexadecimal digits that people compare, equal where the account is shared: neither the key nor the tag can be found from them. */
export function accountFingerprint(key: Uint8Array): string {
  return keyedHash(key, 'tandem account fingerprint 1').toString('hex').slice(0, FINGERPRINT_DIGITS);
}

/**
 * 64 hexadecimal digits, equal where the account is shared. A secret: what radios show of a device is sealed with keys from it, see
 * `tagKey`; yet whoever has nothing else cannot open a link. It is neither sent nor logged nor shown.
 */
export function accountTag(key: Uint8Array): string {
  return keyedHash(key, 'tandem account tag 1').toString('hex');
}

/** A key of 32 bytes for one use, named by `context`, from the account tag. Source: RFC 5869, with SHA-256 and no salt. */
export function tagKey(tag: string, context: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', Buffer.from(tag, 'hex'), new Uint8Array(0), context, KEY_BYTES));
}

/** Shows that one holds the account without showing the key; for two ends in one process, see hand-over.ts. */
export function accountProof(key: Uint8Array): Uint8Array {
  return keyedHash(key, 'tandem account proof 1');
}

/** HMAC-SHA-256 under the account key; the context keeps one use from serving as another. Source: RFC 2104. */
function keyedHash(key: Uint8Array, context: string): Buffer {
  return createHmac('sha256', key).update(context).digest();
}
