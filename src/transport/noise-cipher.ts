/** ChaCha20-Poly1305 with one key, and the number of the record as nonce. Source: Noise specification, revision 34, sections 5.1 and 12.3. */
import { sodium } from './sodium.js';

export interface Cipher {
  /** How many were sealed or opened. */
  readonly count: number;
  seal(plaintext: Uint8Array, associated?: Uint8Array): Uint8Array;
  /** Throws when it does not open; then the number stays. */
  open(sealed: Uint8Array, associated?: Uint8Array): Uint8Array;
}

/** A key has 32 bytes. It is not copied: who fills it with zeros ends the cipher. */
export function createCipher(key: Uint8Array): Cipher {
  // 32 zero bits, then the number in 64 bits, little-endian; 32 of them are enough: MAX_RECORDS_PER_KEY.
  const nonce = new Uint8Array(12);
  const view = new DataView(nonce.buffer);
  let count = 0;

  function proceed(bytes: Uint8Array): Uint8Array {
    count += 1;
    view.setUint32(4, count, true);
    return bytes;
  }

  return {
    get count() {
      return count;
    },
    seal: (plaintext, associated) =>
      proceed(sodium.crypto_aead_chacha20poly1305_ietf_encrypt(plaintext, associated ?? null, null, nonce, key)),
    open: (sealed, associated) =>
      proceed(sodium.crypto_aead_chacha20poly1305_ietf_decrypt(null, sealed, associated ?? null, nonce, key)),
  };
}
