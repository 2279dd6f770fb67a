/** The dialler's half of Noise_XXpsk0_25519_ChaChaPoly_BLAKE2b, from the specification alone, on Node's cryptography: what ours must agree with. */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
} from 'node:crypto';
import type { DeviceKeys } from '../../src/transport/device-keys.js';

const TAG_BYTES = 16;
const SEALED_KEY_BYTES = 48;

/** Source: Noise specification, revision 34, section 5.2. */
interface Symmetric {
  hash: Buffer;
  chainingKey: Buffer;
  key: Buffer;
  nonce: number;
}

export interface ByTheBook {
  first(): Buffer;
  /** Takes message 2, gives its payload. */
  second(message: Uint8Array): Buffer;
  third(payload: Uint8Array): Buffer;
  /** What the dialler sends with, and what it receives with. */
  split(): [send: Buffer, receive: Buffer];
}

/** Sections 5.3 and 9; `ephemeral` is for one handshake only. */
export function dialByTheBook(prologue: string, psk: Uint8Array, keys: DeviceKeys, ephemeral: DeviceKeys): ByTheBook {
  const name = Buffer.alloc(64);
  name.write('Noise_XXpsk0_25519_ChaChaPoly_BLAKE2b');
  const state: Symmetric = { hash: name, chainingKey: name, key: Buffer.alloc(32), nonce: 0 };
  mixHash(state, Buffer.from(prologue));
  let theirs: Uint8Array = new Uint8Array(0);
  return {
    first() {
      mixKeyAndHash(state, psk);
      mixHash(state, ephemeral.publicKey);
      mixKey(state, ephemeral.publicKey);
      return Buffer.concat([ephemeral.publicKey, sealAndHash(state, new Uint8Array(0))]);
    },
    second(message) {
      theirs = message.subarray(0, 32);
      mixHash(state, theirs);
      mixKey(state, theirs);
      mixKey(state, agree(ephemeral, theirs));
      const remoteStatic = openAndHash(state, message.subarray(32, 32 + SEALED_KEY_BYTES));
      mixKey(state, agree(ephemeral, remoteStatic));
      return openAndHash(state, message.subarray(32 + SEALED_KEY_BYTES));
    },
    third(payload) {
      const sealedStatic = sealAndHash(state, keys.publicKey);
      mixKey(state, agree(keys, theirs));
      return Buffer.concat([sealedStatic, sealAndHash(state, payload)]);
    },
    split() {
      const [send, receive] = derive(state.chainingKey, new Uint8Array(0));
      return [send.subarray(0, 32), receive.subarray(0, 32)];
    },
  };
}

function mixHash(state: Symmetric, data: Uint8Array): void {
  state.hash = createHash('blake2b512').update(state.hash).update(data).digest();
}

function mixKey(state: Symmetric, material: Uint8Array): void {
  const [chainingKey, key] = derive(state.chainingKey, material);
  Object.assign(state, { chainingKey, key: key.subarray(0, 32), nonce: 0 });
}

function mixKeyAndHash(state: Symmetric, material: Uint8Array): void {
  const [chainingKey, hashed, key] = derive(state.chainingKey, material);
  mixHash(state, hashed);
  Object.assign(state, { chainingKey, key: key.subarray(0, 32), nonce: 0 });
}

function sealAndHash(state: Symmetric, plaintext: Uint8Array): Buffer {
  const sealed = seal(state.key, nextNonce(state), plaintext, state.hash);
  mixHash(state, sealed);
  return sealed;
}

/** ChaCha20-Poly1305, the tag at the end. */
export function seal(key: Uint8Array, nonce: number, plaintext: Uint8Array, associated: Uint8Array): Buffer {
  const cipher = createCipheriv('chacha20-poly1305', key, nonceBytes(nonce), { authTagLength: TAG_BYTES });
  cipher.setAAD(associated, { plaintextLength: plaintext.length });
  return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

function openAndHash(state: Symmetric, sealed: Uint8Array): Buffer {
  const end = sealed.length - TAG_BYTES;
  const nonce = nonceBytes(nextNonce(state));
  const decipher = createDecipheriv('chacha20-poly1305', state.key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(state.hash, { plaintextLength: end });
  decipher.setAuthTag(sealed.subarray(end));
  const plaintext = Buffer.concat([decipher.update(sealed.subarray(0, end)), decipher.final()]);
  mixHash(state, sealed);
  return plaintext;
}

function nextNonce(state: Symmetric): number {
  state.nonce += 1;
  return state.nonce - 1;
}

/** 32 zero bits, then the number in 64 bits, little-endian. Source: section 12.3. */
function nonceBytes(nonce: number): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeBigUInt64LE(BigInt(nonce), 4);
  return bytes;
}

/** HKDF with three outputs; who needs two takes two. Source: section 4.3. */
function derive(chainingKey: Uint8Array, material: Uint8Array): [Buffer, Buffer, Buffer] {
  const hmac = (key: Uint8Array, ...parts: Uint8Array[]): Buffer =>
    createHmac('blake2b512', key).update(Buffer.concat(parts)).digest();
  const secret = hmac(chainingKey, material);
  const first = hmac(secret, Uint8Array.of(1));
  const second = hmac(secret, first, Uint8Array.of(2));
  return [first, second, hmac(secret, second, Uint8Array.of(3))];
}

/** X25519; raw keys in the wrapping that Node reads. Source: RFC 8410. */
export function agree(own: DeviceKeys, theirs: Uint8Array): Buffer {
  const privateDer = Buffer.concat([Buffer.from('302e020100300506032b656e04220420', 'hex'), own.secretKey]);
  const publicDer = Buffer.concat([Buffer.from('302a300506032b656e032100', 'hex'), theirs]);
  return diffieHellman({
    privateKey: createPrivateKey({ key: privateDer, format: 'der', type: 'pkcs8' }),
    publicKey: createPublicKey({ key: publicDer, format: 'der', type: 'spki' }),
  });
}
