/** The account: a secret shared by devices that trust each other. */
import { createHmac, randomBytes } from 'node:crypto';
import { BrokerError } from '../protocol/errors.js';

/** Bytes of an account key; Noise takes pre-shared keys of this size only. Source: Noise specification, section 9.1. */
const ACCOUNT_KEY_BYTES = 32;
/** What base64url makes of 32 bytes. */
const ACCOUNT_TEXT = /^[A-Za-z0-9_-]{43}$/;
/** Long enough to tell accounts apart, short enough for an advertisement. */
const TAG_DIGITS = 16;

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

/** 16 hexadecimal digits, equal on devices that share the account; the key cannot be found from them. */
export function accountTag(key: Uint8Array): string {
  return keyedHash(key, 'tandem account tag 1').toString('hex').slice(0, TAG_DIGITS);
}

/** Shows that one holds the account without showing the key; for two ends in one process, see hand-over.ts. */
export function accountProof(key: Uint8Array): Uint8Array {
  return keyedHash(key, 'tandem account proof 1');
}

/** HMAC-SHA-256 under the account key; the context keeps one use from serving as another. Source: RFC 2104. */
function keyedHash(key: Uint8Array, context: string): Buffer {
  return createHmac('sha256', key).update(context).digest();
}
