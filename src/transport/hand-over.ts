/** A frame link between two brokers of one process: frames pass by reference, a batch a turn, unsealed. */
import { timingSafeEqual } from 'node:crypto';
import { NEVER } from 'rxjs';
import type { Frame } from '../protocol/frame.js';
import type { Hello } from '../protocol/hello.js';
import { HAND_OVER_CHUNK_BYTES } from '../protocol/limits.js';
import { unreachable } from '../protocol/unreachable.js';
import type { FrameLink } from './frame-link.js';
import { HandshakeError } from './handshake-error.js';
import { createInbox, type Inbox } from './inbox.js';
import type { HandOverPort, Link, LinkEnd } from './transport.js';

export interface HandOverTerms {
  readonly hello: Hello;
  readonly publicKey: Uint8Array;
  /** Equal on devices that share the account, see account.ts. */
  readonly proof: Uint8Array;
  /** Throws HandshakeError when the device may not be at the other end. */
  readonly admit: (remote: Hello, publicKey: Uint8Array) => void;
}

/** Resolves once both sides have admitted each other; rejects with HandshakeError, and leaves it to the caller to end the link. */
export function openHandOver(link: Link, port: HandOverPort, terms: HandOverTerms): Promise<FrameLink> {
  return new Promise((resolve, reject) => {
    const state: State = { link, port, terms, outgoing: [], incoming: createInbox(), remote: undefined };
    const { hello, publicKey, proof } = terms;
    // Before anything is read: a welcome must not overtake the greeting.
    send(state, { type: 'greeting', hello, publicKey, proof });
    port.values$.subscribe({
      next: (value) => receive(state, value as Message, resolve, reject), // the other end of the port is this file
      complete: () => state.incoming.end(),
    });
    link.ended$.subscribe((end) => reject(new HandshakeError(end, 'the link ended')));
  });
}

/** Frames are batches without a wrapper. */
type Message = readonly Frame[] | Greeting | Welcome | Refusal;

interface Greeting extends Omit<HandOverTerms, 'admit'> {
  readonly type: 'greeting';
}

/** The greeting was in order. */
interface Welcome {
  readonly type: 'welcome';
}

/** The greeting was not in order; `end` is what the link ends with on both sides. */
interface Refusal {
  readonly type: 'refusal';
  readonly end: LinkEnd;
}

interface State {
  readonly link: Link;
  readonly port: HandOverPort;
  readonly terms: HandOverTerms;
  /** Written in this turn. */
  outgoing: Frame[];
  readonly incoming: Inbox<readonly Frame[]>;
  remote: Hello | undefined;
}

function receive(
  state: State,
  message: Message,
  resolve: (link: FrameLink) => void,
  reject: (error: HandshakeError) => void,
): void {
  if (isBatch(message)) {
    state.incoming.push(message);
    return;
  }
  switch (message.type) {
    case 'greeting':
      answer(state, message, reject);
      return;
    case 'welcome':
      if (state.remote !== undefined) resolve(present(state, state.remote));
      return;
    case 'refusal':
      reject(new HandshakeError(message.end, 'the other side refused'));
      return;
    default:
      unreachable(message);
  }
}

/** Array.isArray does not narrow readonly arrays. */
function isBatch(message: Message): message is readonly Frame[] {
  return Array.isArray(message);
}

function answer(state: State, greeting: Greeting, reject: (error: HandshakeError) => void): void {
  try {
    if (!timingSafeEqual(greeting.proof, state.terms.proof)) {
      throw new HandshakeError('wrong-account', 'no account in common');
    }
    state.terms.admit(greeting.hello, greeting.publicKey);
    state.remote = greeting.hello;
    send(state, { type: 'welcome' });
  } catch (error) {
    const refusal =
      error instanceof HandshakeError ? error : new HandshakeError('closed-here', 'internal failure', { cause: error });
    send(state, { type: 'refusal', end: refusal.end });
    reject(refusal);
  }
}

function present(state: State, remote: Hello): FrameLink {
  const { link } = state;
  const { deviceId, deviceName, epoch } = remote;
  return {
    remote: { deviceId, deviceName, epoch },
    isDialler: link.isDialler,
    chunkBytes: HAND_OVER_CHUNK_BYTES,
    frames$: state.incoming.items$,
    // The credit of the sessions bounds what is under way, and it is bytes that exist anyway.
    isWritable: () => true,
    writable$: NEVER,
    write: (frames) => write(state, frames),
    // The air itself notices a dead link between two devices of one process.
    probe: () => {},
    ended$: link.ended$,
    close: (end) => {
      flush(state);
      link.close(end);
    },
  };
}

/** Frames of one turn leave as one batch. */
function write(state: State, frames: readonly Frame[]): void {
  const { outgoing } = state;
  if (outgoing.length === 0 && frames.length > 0) queueMicrotask(() => flush(state));
  for (const frame of frames) outgoing.push(frame);
}

function flush(state: State): void {
  if (state.outgoing.length > 0) {
    const batch = state.outgoing;
    state.outgoing = [];
    send(state, batch);
  }
}

function send(state: State, message: Message): void {
  state.port.post(message);
}
