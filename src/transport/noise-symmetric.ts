/** What both sides of a Noise handshake know at the same point: a hash of all that was said, and a key made of all secrets so far. */
import { type Cipher, createCipher } from './noise-cipher.js';
import { sodium } from './sodium.js';

const NAME = 'Noise_XXpsk0_25519_ChaChaPoly_BLAKE2b';
/** Of BLAKE2b. Source: Noise specification, revision 34, section 12.8. */
const HASH_BYTES = 64;
const BLOCK_BYTES = 128;
const KEY_BYTES = 32;

/** Source: section 5.2, SymmetricState. */
export interface Symmetric {
  mixHash(data: Uint8Array): void;
  mixKey(material: Uint8Array): void;
  mixKeyAndHash(material: Uint8Array): void;
  sealAndHash(plaintext: Uint8Array): Uint8Array;
  /** Throws when it does not open. */
  openAndHash(sealed: Uint8Array): Uint8Array;
  /** The keys of what follows: the initiator seals with the first. */
  split(): readonly [Uint8Array, Uint8Array];
  wipe(): void;
}

export function createSymmetric(): Symmetric {
  // A name that is shorter than a hash is filled with zeros.
  let hash = new Uint8Array(HASH_BYTES);
  hash.set(new TextEncoder().encode(NAME));
  let chainingKey = Uint8Array.from(hash);
  let key = new Uint8Array(KEY_BYTES);
  let cipher: Cipher = createCipher(key);

  function mixHash(data: Uint8Array): void {
    hash = blake2b(hash, data);
  }

  function takeKey(newChainingKey: Uint8Array<ArrayBuffer>, material: Uint8Array): void {
    wipe();
    chainingKey = newChainingKey;
    key = material.slice(0, KEY_BYTES);
    cipher = createCipher(key);
  }

  function wipe(): void {
    chainingKey.fill(0);
    key.fill(0);
  }

  return {
    mixHash,
    mixKey(material) {
      const [first, second] = derive(chainingKey, material);
      takeKey(first, second);
    },
    mixKeyAndHash(material) {
      const [first, second, third] = derive(chainingKey, material);
      mixHash(second);
      takeKey(first, third);
    },
    sealAndHash(plaintext) {
      const sealed = cipher.seal(plaintext, hash);
      mixHash(sealed);
      return sealed;
    },
    openAndHash(sealed) {
      const plaintext = cipher.open(sealed, hash);
      mixHash(sealed);
      return plaintext;
    },
    split() {
      const [first, second] = derive(chainingKey, new Uint8Array(0));
      return [first.slice(0, KEY_BYTES), second.slice(0, KEY_BYTES)];
    },
    wipe,
  };
}

type Bytes = Uint8Array<ArrayBuffer>;

/** HKDF with three outputs; who needs two takes two. Source: section 4.3. */
function derive(chainingKey: Uint8Array, material: Uint8Array): readonly [Bytes, Bytes, Bytes] {
  const secret = hmac(chainingKey, material);
  const first = hmac(secret, Uint8Array.of(1));
  const second = hmac(secret, first, Uint8Array.of(2));
  return [first, second, hmac(secret, second, Uint8Array.of(3))];
}

/** Source: RFC 2104, section 2. Keys are hashes, which are shorter than a block. */
function hmac(key: Uint8Array, ...data: readonly Uint8Array[]): Bytes {
  const inner = new Uint8Array(BLOCK_BYTES).fill(0x36);
  const outer = new Uint8Array(BLOCK_BYTES).fill(0x5c);
  key.forEach((byte, place) => {
    inner[place] = 0x36 ^ byte;
    outer[place] = 0x5c ^ byte;
  });
  return blake2b(outer, blake2b(inner, ...data));
}

function blake2b(...parts: readonly Uint8Array[]): Bytes {
  return Uint8Array.from(sodium.crypto_generichash(HASH_BYTES, Buffer.concat(parts), null));
}
