/** Listens to what passes between a stack and its controller, for the facts that noble and bleno keep to themselves. */
import { type Observable, Subject } from 'rxjs';
import type { HciSocket, HciSocketClass } from './stacks.js';

/** In the order of the packets. */
export type HciFact =
  | { readonly type: 'connected'; readonly handle: number; readonly isCentral: boolean; readonly address: string }
  /** `reason`: an HCI error code. */
  | { readonly type: 'disconnected'; readonly handle: number; readonly reason: number }
  /** The controller has `count` buffers more for this link. */
  | { readonly type: 'completed'; readonly handle: number; readonly count: number }
  | { readonly type: 'was-reset' }
  | { readonly type: 'failed'; readonly error: Error };

export interface HciWatch {
  readonly facts$: Observable<HciFact>;
  /** Buffers of the controller for LE: FALLBACK_BUFFERS until it told. */
  buffers(): AclBuffers;
  /** A socket class that does what `Socket` does and is listened to. */
  readonly Socket: HciSocketClass;
  /** Writes a command past the stack; its answer is nobody's. */
  command(packet: Uint8Array): void;
  /** Lets the socket go. */
  close(): void;
}

export interface AclBuffers {
  /** Longest ACL packet, in bytes. */
  readonly bytes: number;
  readonly packets: number;
}

/** What the smallest controllers have. Source: Core Specification, volume 4, part E, section 7.8.2: at least 27 bytes. */
const FALLBACK_BUFFERS: AclBuffers = { bytes: 27, packets: 1 };

/** `bind` replaces the adapter that the stack asks for: noble and bleno read theirs from the environment. */
export function watchHci(Socket: HciSocketClass, adapter: number | undefined): HciWatch {
  const facts = new Subject<HciFact>();
  let socket: HciSocket | undefined;
  let buffers = FALLBACK_BUFFERS;

  function listen(packet: Buffer): void {
    const told = readBuffers(packet);
    if (told !== undefined) buffers = told;
    for (const fact of readFacts(packet)) facts.next(fact);
  }

  return {
    facts$: facts.asObservable(),
    buffers: () => buffers,
    Socket: watchedClass(Socket, adapter, listen, facts, (made) => {
      socket = made;
    }),
    command: (packet) => socket?.write(Buffer.from(packet)),
    close() {
      socket?.stop();
      facts.complete();
    },
  };
}

/** Not by listeners: noble removes all of them when the adapter comes back. */
function watchedClass(
  Socket: HciSocketClass,
  adapter: number | undefined,
  listen: (packet: Buffer) => void,
  facts: Subject<HciFact>,
  onMade: (socket: HciSocket) => void,
): HciSocketClass {
  return function createWatched(): HciSocket {
    const socket = new Socket();
    const { emit } = socket;
    socket.emit = (name: string | symbol, ...args: unknown[]): boolean => {
      const [first] = args;
      if (name === 'error' && first instanceof Error) facts.next({ type: 'failed', error: first });
      const isHeard = emit.call(socket, name, ...args);
      // After the stack: it knows the link when the fact is told.
      if (name === 'data' && Buffer.isBuffer(first)) listen(first);
      return isHeard;
    };
    const { bindRaw, bindUser } = socket;
    socket.bindRaw = () => bind(bindRaw);
    socket.bindUser = () => bind(bindUser);
    // bleno's second socket gives the keys of pairings to the kernel: there are none, and nobody would stop it.
    socket.bindControl = () => {
      socket.start = () => {};
      socket.write = () => {};
      return 0;
    };
    function bind(how: (adapter?: number) => number): number {
      onMade(socket);
      return adapter === undefined ? how.call(socket) : how.call(socket, adapter);
    }
    return socket;
  } as unknown as HciSocketClass; // called with `new`, a function that returns an object gives that object
}

const EVENT = 0x04;
const DISCONNECTION_COMPLETE = 0x05;
const COMMAND_COMPLETE = 0x0e;
const COMPLETED_PACKETS = 0x13;
const LE_META = 0x3e;
const LE_CONNECTION_COMPLETE = 0x01;
const LE_ENHANCED_CONNECTION_COMPLETE = 0x0a;
const RESET = 0x0c03;
const LE_READ_BUFFER_SIZE = 0x2002;
const READ_BUFFER_SIZE = 0x1005;

/** Source of all layouts: Core Specification, volume 4, part E, section 7.7. */
function readFacts(packet: Buffer): readonly HciFact[] {
  if (packet[0] !== EVENT || packet.length < 3) return [];
  switch (packet[1]) {
    case DISCONNECTION_COMPLETE:
      if (packet.length < 7 || packet[3] !== 0) return [];
      return [{ type: 'disconnected', handle: packet.readUInt16LE(4) & 0xfff, reason: packet.readUInt8(6) }];
    case COMPLETED_PACKETS:
      return readCompleted(packet);
    case COMMAND_COMPLETE:
      return packet.length >= 6 && packet.readUInt16LE(4) === RESET ? [{ type: 'was-reset' }] : [];
    case LE_META:
      return readConnected(packet);
    default:
      return [];
  }
}

function readCompleted(packet: Buffer): readonly HciFact[] {
  const facts: HciFact[] = [];
  for (let at = 4; at + 4 <= packet.length; at += 4) {
    facts.push({ type: 'completed', handle: packet.readUInt16LE(at) & 0xfff, count: packet.readUInt16LE(at + 2) });
  }
  return facts;
}

function readConnected(packet: Buffer): readonly HciFact[] {
  const isConnection = packet[3] === LE_CONNECTION_COMPLETE || packet[3] === LE_ENHANCED_CONNECTION_COMPLETE;
  if (!isConnection || packet.length < 15 || packet[4] !== 0) return [];
  const address = packet.subarray(9, 15).toReversed();
  return [
    {
      type: 'connected',
      handle: packet.readUInt16LE(5) & 0xfff,
      isCentral: packet[7] === 0,
      address: Array.from(address, (byte) => byte.toString(16).padStart(2, '0')).join(':'),
    },
  ];
}

/** Controllers that share their buffers with BR/EDR answer 0: the stacks then ask for those. Source: Core Specification, volume 4, part E, section 7.8.2. */
function readBuffers(packet: Buffer): AclBuffers | undefined {
  const isAnswer = packet.length >= 10 && packet[0] === EVENT && packet[1] === COMMAND_COMPLETE && packet[6] === 0;
  if (!isAnswer) return undefined;
  const opcode = packet.readUInt16LE(4);
  if (opcode === LE_READ_BUFFER_SIZE && packet.readUInt16LE(7) > 0) {
    return { bytes: packet.readUInt16LE(7), packets: packet.readUInt8(9) };
  }
  if (opcode === READ_BUFFER_SIZE && packet.length >= 14) {
    return { bytes: packet.readUInt16LE(7), packets: packet.readUInt16LE(10) };
  }
  return undefined;
}
