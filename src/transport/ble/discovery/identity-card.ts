/**
 * The card: who a device is, sealed for its account. Layout: docs/peer-protocol.md, "Bluetooth LE". It proves only that a device of the
 * account made it at some time: whoever recorded one can show it again, and a device then seems to be in range that is not, or to be
 * at his address. No link comes of it: that takes the Noise handshake, which cannot be replayed; and who failed it once is dialled after others.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { MAX_DEVICE_ID_BYTES, MAX_DEVICE_NAME_BYTES } from '../../../protocol/limits.js';
import { tagKey } from '../../account.js';
import type { Presence } from '../../transport.js';
import { MAX_CARD_BYTES } from '../gatt.js';

export type Identity = Pick<Presence, 'deviceId' | 'deviceName'>;

const VERSION = 1;
/** Source: RFC 8439, sections 2.3 and 2.5. */
const CIPHER = 'chacha20-poly1305';
const NONCE_BYTES = 12;
const SEAL_BYTES = 16;
const SEALED_AT = 1 + NONCE_BYTES;
/** Cards differ in length only by steps of this many bytes, so that their length hardly tells them apart. */
const STEP_BYTES = 64;

/** The key for everything in this file, from the account tag. */
export function cardKeyOf(accountTag: string): Uint8Array {
  return tagKey(accountTag, 'tandem card 1');
}

/** Fresh each time: two cards of one device have nothing in common. Throws RangeError for an identity that is out of bounds. */
export function sealCard(key: Uint8Array, identity: Identity, nonce = randomBytes(NONCE_BYTES)): Uint8Array {
  const plaintext = encode(identity);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: SEAL_BYTES });
  cipher.setAAD(Uint8Array.of(VERSION), { plaintextLength: plaintext.length });
  const sealed = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Uint8Array.from([VERSION, ...nonce, ...sealed, ...cipher.getAuthTag()]);
}

/** Undefined for the card of another account or version, and for anything else. */
export function openCard(key: Uint8Array, card: Uint8Array): Identity | undefined {
  const end = card.length - SEAL_BYTES;
  if (card[0] !== VERSION || card.length > MAX_CARD_BYTES || end < SEALED_AT) return undefined;
  const decipher = createDecipheriv(CIPHER, key, card.subarray(1, SEALED_AT), { authTagLength: SEAL_BYTES });
  decipher.setAAD(Uint8Array.of(VERSION), { plaintextLength: end - SEALED_AT });
  decipher.setAuthTag(card.subarray(end));
  try {
    return decode(Buffer.concat([decipher.update(card.subarray(SEALED_AT, end)), decipher.final()]));
  } catch {
    // Another account's, altered, or not text: not a card for us, whatever it is.
    return undefined;
  }
}

/** Each text after its length, then zeros up to the next step. */
function encode({ deviceId, deviceName }: Identity): Buffer {
  const [id, name] = [Buffer.from(deviceId), Buffer.from(deviceName)];
  if (!isWithinBounds(id.length, name.length)) throw new RangeError('device id or device name is out of bounds');
  const used = 2 + id.length + name.length;
  const plaintext = Buffer.alloc(Math.ceil(used / STEP_BYTES) * STEP_BYTES);
  plaintext.set([id.length, ...id, name.length, ...name]);
  return plaintext;
}

/** Throws TypeError for text that is not sound UTF-8. */
function decode(plaintext: Uint8Array): Identity | undefined {
  const [idBytes = 0] = plaintext;
  const nameAt = 2 + idBytes;
  const nameBytes = plaintext[nameAt - 1] ?? 0;
  if (!isWithinBounds(idBytes, nameBytes) || nameAt + nameBytes > plaintext.length) return undefined;
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  return {
    deviceId: text.decode(plaintext.subarray(1, nameAt - 1)),
    deviceName: text.decode(plaintext.subarray(nameAt, nameAt + nameBytes)),
  };
}

function isWithinBounds(idBytes: number, nameBytes: number): boolean {
  return idBytes >= 1 && idBytes <= MAX_DEVICE_ID_BYTES && nameBytes <= MAX_DEVICE_NAME_BYTES;
}
