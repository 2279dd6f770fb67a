/**
 * One side of Noise_XXpsk0_25519_ChaChaPoly_BLAKE2b: three messages, then a key for each direction. No I/O.
 * Source: Noise specification, revision 34; sections are named where they are implemented.
 */
import type { DeviceKeys } from './device-keys.js';
import { createSymmetric, type Symmetric } from './noise-symmetric.js';
import { sodium } from './sodium.js';

const KEY_BYTES = 32;
const TAG_BYTES = 16;

type Agreement = 'ee' | 'es' | 'se';
type Token = 'psk' | 'e' | 's' | Agreement;
/** XX with the pre-shared key first; the initiator writes the first and the last. Source: sections 7.5 and 9.4. */
const MESSAGES: readonly (readonly Token[])[] = [
  ['psk', 'e'],
  ['e', 'ee', 's', 'es'],
  ['s', 'se'],
];

export interface NoiseTerms {
  readonly isInitiator: boolean;
  readonly prologue: Uint8Array;
  readonly keys: DeviceKeys;
  /** 32 bytes. */
  readonly psk: Uint8Array;
}

export interface Noise {
  /** Whether all messages were written and read. */
  readonly isComplete: boolean;
  /** The other side's static key, from the message that carries it. */
  readonly remoteKey: Uint8Array | undefined;
  write(payload: Uint8Array): Uint8Array;
  /** Gives the payload. Throws when the message does not open; the handshake is of no more use then. */
  read(message: Uint8Array): Uint8Array;
  /** Once complete, and once: 32 bytes each. */
  split(): { readonly sendKey: Uint8Array; readonly receiveKey: Uint8Array };
  /** Forgets every secret that it made. */
  wipe(): void;
}

/** Source: section 5.3, HandshakeState. */
interface State extends NoiseTerms {
  readonly symmetric: Symmetric;
  ephemeral?: DeviceKeys;
  remoteEphemeral?: Uint8Array;
  remoteKey?: Uint8Array;
  /** Messages so far. */
  count: number;
}

export function createNoise(terms: NoiseTerms): Noise {
  const state: State = { ...terms, symmetric: createSymmetric(), count: 0 };
  state.symmetric.mixHash(terms.prologue);

  function wipe(): void {
    state.symmetric.wipe();
    state.ephemeral?.secretKey.fill(0);
  }

  return {
    get isComplete() {
      return state.count === MESSAGES.length;
    },
    get remoteKey() {
      return state.remoteKey;
    },
    write: (payload) => write(state, payload),
    read: (message) => read(state, message),
    split() {
      const [first, second] = state.symmetric.split();
      wipe();
      return terms.isInitiator ? { sendKey: first, receiveKey: second } : { sendKey: second, receiveKey: first };
    },
    wipe,
  };
}

function write(state: State, payload: Uint8Array): Uint8Array {
  const { symmetric, keys } = state;
  const parts: Uint8Array[] = [];
  for (const token of nextTokens(state)) {
    if (token === 'e') parts.push(mixEphemeral(symmetric, createEphemeral(state)));
    else if (token === 's') parts.push(symmetric.sealAndHash(keys.publicKey));
    else mixSecret(state, token);
  }
  parts.push(symmetric.sealAndHash(payload));
  return new Uint8Array(Buffer.concat(parts)); // not a Buffer, whose slice would be a view
}

function read(state: State, message: Uint8Array): Uint8Array {
  const { symmetric } = state;
  let rest = message;
  function take(length: number): Uint8Array {
    const taken = Uint8Array.from(rest.subarray(0, length));
    rest = rest.subarray(length);
    return taken;
  }
  for (const token of nextTokens(state)) {
    if (token === 'e') state.remoteEphemeral = mixEphemeral(symmetric, take(KEY_BYTES));
    else if (token === 's') state.remoteKey = symmetric.openAndHash(take(KEY_BYTES + TAG_BYTES));
    else mixSecret(state, token);
  }
  return symmetric.openAndHash(rest);
}

function nextTokens(state: State): readonly Token[] {
  const tokens = MESSAGES[state.count];
  if (tokens === undefined) throw new Error('the handshake is complete');
  state.count += 1;
  return tokens;
}

function createEphemeral(state: State): Uint8Array {
  const { publicKey, privateKey } = sodium.crypto_box_keypair();
  state.ephemeral = { publicKey, secretKey: privateKey };
  return publicKey;
}

/** With a pre-shared key, ephemeral keys go into the key as well. Source: section 9.2. */
function mixEphemeral(symmetric: Symmetric, publicKey: Uint8Array): Uint8Array {
  symmetric.mixHash(publicKey);
  symmetric.mixKey(publicKey);
  return publicKey;
}

function mixSecret(state: State, token: 'psk' | Agreement): void {
  if (token === 'psk') state.symmetric.mixKeyAndHash(state.psk);
  else state.symmetric.mixKey(agree(state, token));
}

/** The letters say whose: the initiator's ephemeral or static key, then the responder's. Throws on a key that gives a secret known to all. */
function agree(
  { isInitiator, ephemeral, keys, remoteEphemeral, remoteKey }: State,
  [first, second]: string,
): Uint8Array {
  const [mine, theirs] = isInitiator ? [first, second] : [second, first];
  const own = mine === 'e' ? ephemeral : keys;
  const other = theirs === 'e' ? remoteEphemeral : remoteKey;
  if (own === undefined || other === undefined) throw new Error('the key has not come yet');
  return sodium.crypto_scalarmult(own.secretKey, other);
}
