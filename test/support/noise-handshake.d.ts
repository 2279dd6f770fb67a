/** The parts of noise-handshake 4 that are used here; the package brings no types. Every function may throw plain errors. */

declare module 'noise-handshake' {
  import type { KeyPair } from 'noise-handshake/dh.js';

  /** One side of a handshake. `recv` keeps views of the message and wipes them at the end: give it a copy. */
  export default class NoiseState {
    constructor(pattern: 'XXpsk0', isInitiator: boolean, staticKeys: KeyPair, options: { readonly psk: Uint8Array });
    readonly complete: boolean;
    /** The other side's static key, from the message that carries it. */
    readonly rs: Uint8Array | null;
    /** Own ephemeral keys; null before the first message and after the last. */
    readonly e: KeyPair | null;
    /** Secrets in the making; null after the last message. */
    readonly chainingKey: Uint8Array | null;
    readonly key: Uint8Array | null;
    /** 32-byte keys to send and to receive with, once complete. */
    readonly tx: Uint8Array | null;
    readonly rx: Uint8Array | null;
    initialise(prologue: Uint8Array): void;
    send(payload?: Uint8Array): Uint8Array;
    recv(message: Uint8Array): Uint8Array;
  }
}

declare module 'noise-handshake/cipher.js' {
  /** ChaCha20-Poly1305 with a counter as nonce. A record that does not open throws and leaves the counter alone. */
  export default class CipherState {
    constructor(key: Uint8Array);
    nonce: number;
    encrypt(plaintext: Uint8Array): Uint8Array;
    decrypt(ciphertext: Uint8Array): Uint8Array;
  }
}

declare module 'noise-handshake/dh.js' {
  /** An X25519 key pair, 32 bytes each. */
  export interface KeyPair {
    readonly publicKey: Uint8Array;
    readonly secretKey: Uint8Array;
  }

  const dh: { generateKeyPair(secretKey?: Uint8Array): KeyPair };
  export default dh;
}
