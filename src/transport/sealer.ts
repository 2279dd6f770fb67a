/** Seals and opens the records of one link, in order: each record has the next number, and the number is the nonce. */
import { MAX_RECORDS_PER_KEY, SEAL_BYTES } from '../protocol/limits.js';
import { createCipher } from './noise-cipher.js';

export interface Sealer {
  /** Undefined: the key has sealed all it may. */
  seal(plaintext: Uint8Array): Uint8Array | undefined;
  /** Undefined: altered, repeated, out of order or forged, or beyond what one key may seal. */
  open(record: Uint8Array): Uint8Array | undefined;
  /** Whether either direction is used up. */
  isExhausted(): boolean;
  /** Forgets the keys; nothing is sealed or opened any more. */
  wipe(): void;
}

/** 32-byte keys, which are wiped with the sealer. `maxRecords` is lower only in tests of the end. */
export function createSealer(sendKey: Uint8Array, receiveKey: Uint8Array, maxRecords = MAX_RECORDS_PER_KEY): Sealer {
  const sending = createCipher(sendKey);
  const receiving = createCipher(receiveKey);
  let isWiped = false;

  function seal(plaintext: Uint8Array): Uint8Array | undefined {
    return isWiped || sending.count >= maxRecords ? undefined : sending.seal(plaintext);
  }

  function open(record: Uint8Array): Uint8Array | undefined {
    if (isWiped || receiving.count >= maxRecords || record.length < SEAL_BYTES) return undefined;
    try {
      return receiving.open(record);
    } catch {
      return undefined; // the cause is the same for all: it does not open
    }
  }

  function wipe(): void {
    isWiped = true;
    sendKey.fill(0);
    receiveKey.fill(0);
  }

  return { seal, open, isExhausted: () => sending.count >= maxRecords || receiving.count >= maxRecords, wipe };
}
