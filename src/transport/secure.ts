/**
 * The handshake of a sealed link: Noise_XXpsk0_25519_ChaChaPoly_BLAKE2b with the account key as pre-shared key.
 * Messages in, messages out, no I/O. Layout: docs/peer-protocol.md, "Secure records"; choice: decisions 0004 and 0022.
 */
import { decodeHello, encodeHello, type Hello } from '../protocol/hello.js';
import { MAX_HANDSHAKE_BYTES } from '../protocol/limits.js';
import type { DeviceKeys } from './device-keys.js';
import { HandshakeError } from './handshake-error.js';
import { createNoise, type Noise } from './noise.js';

/** Names the handshake; its number changes only with the handshake itself, versions of the rest are told in the hello. */
const PROLOGUE = Buffer.from('tandem peer handshake 1');
/** Message 1: an ephemeral key (32 bytes) and the tag of an empty payload (16). Source: Noise specification, sections 5.3 and 9.2. */
const FIRST_MESSAGE_BYTES = 48;
/** Messages 2 and 3 of XX without their payload, at least: a sealed static key (48 bytes) and a tag (16). */
const LATER_MESSAGE_BYTES = 64;

export interface HandshakeTerms {
  /** What this side says of itself; sealed, in message 2 or 3. */
  readonly hello: Hello;
  readonly accountKey: Uint8Array;
  readonly keys: DeviceKeys;
  /** Throws HandshakeError when the device may not be at the other end; its key is proved by then. */
  readonly admit: (remote: Hello, publicKey: Uint8Array) => void;
}

export interface Handshake {
  /** The first message: the dialler's only. */
  start(): Uint8Array;
  /** Throws HandshakeError; the handshake is of no more use then. */
  receive(message: Uint8Array): HandshakeStep;
  /** Forgets the secrets of an unfinished handshake. */
  wipe(): void;
}

/** What follows from a message: one to send back, or the end of the handshake, or both. */
export interface HandshakeStep {
  readonly reply?: Uint8Array;
  readonly established?: Established;
}

export interface Established {
  readonly remote: Hello;
  /** 32 bytes each, used from record 0 on. */
  readonly sendKey: Uint8Array;
  readonly receiveKey: Uint8Array;
}

export function createHandshake(isDialler: boolean, terms: HandshakeTerms): Handshake {
  const noise = createNoise({ isInitiator: isDialler, prologue: PROLOGUE, keys: terms.keys, psk: terms.accountKey });
  let isGreeted = false;

  function receive(message: Uint8Array): HandshakeStep {
    const isFirst = !isDialler && !isGreeted;
    isGreeted = true;
    const payload = open(noise, message, isFirst);
    if (isFirst) {
      return { reply: noise.write(encodeHello(terms.hello)) };
    }
    const remote = readHello(payload);
    terms.admit(remote, noise.remoteKey as Uint8Array); // messages 2 and 3 carry it
    const reply = isDialler ? noise.write(encodeHello(terms.hello)) : undefined;
    return { ...(reply && { reply }), established: establish(noise, remote) };
  }

  return { start: () => noise.write(new Uint8Array(0)), receive, wipe: noise.wipe };
}

function open(noise: Noise, message: Uint8Array, isFirst: boolean): Uint8Array {
  const { length } = message;
  const fits = isFirst
    ? length === FIRST_MESSAGE_BYTES
    : length >= LATER_MESSAGE_BYTES && length <= MAX_HANDSHAKE_BYTES;
  if (!fits || noise.isComplete) {
    throw new HandshakeError('protocol-violation', `a message of ${length} bytes does not belong to the handshake`);
  }
  try {
    return noise.read(message);
  } catch (cause) {
    throw new HandshakeError('wrong-account', 'the handshake does not open with this account', { cause });
  }
}

function readHello(payload: Uint8Array): Hello {
  try {
    return decodeHello(payload);
  } catch (cause) {
    throw new HandshakeError('protocol-violation', 'the hello is not well-formed', { cause });
  }
}

function establish(noise: Noise, remote: Hello): Established {
  if (!noise.isComplete) throw new HandshakeError('protocol-violation', 'the handshake is not complete');
  return { remote, ...noise.split() };
}
