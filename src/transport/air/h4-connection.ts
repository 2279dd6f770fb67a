/** One controller behind a Unix socket, for as many hosts in this process as bind to it. */
import { connect, type Socket } from 'node:net';
import { createH4Splitter, encodeVendor, H4Error, parseVendor, VENDOR_PACKET } from './h4.js';
import { PacketType } from './hci-codes.js';
import type { AdapterPower } from './hci-port.js';
import { createPacketWriter, type PacketWriter } from './packet-writer.js';

export interface H4ConnectionOptions {
  readonly path: string;
  readonly name?: string;
}

/** A host in this process. */
export interface H4Member {
  receive(packet: Buffer): void;
  /** A command of another member. */
  sawCommand(packet: Buffer): void;
  /** The connection could not be made, or has ended; nothing follows. */
  failed(error: Error): void;
}

export interface H4Connection {
  power(): AdapterPower;
  join(member: H4Member): void;
  leave(member: H4Member): void;
  /** Kept until the connection is made; swallowed once it has ended. */
  write(packet: Buffer, from: H4Member): void;
}

/** Connects at the first call; later ones give the same connection until that fails or its last member has left, and then a new one. */
export function shareH4Connection(options: H4ConnectionOptions): () => H4Connection {
  // Thrown here, not at the first use within a stack.
  const greeting = options.name === undefined ? undefined : encodeVendor({ type: 'name', name: options.name });
  let shared: H4Connection | undefined;
  return () => {
    const connection =
      shared ??
      openH4Connection(options, greeting, () => {
        if (shared === connection) shared = undefined;
      });
    shared = connection;
    return connection;
  };
}

function openH4Connection(
  { path, name }: H4ConnectionOptions,
  greeting: Uint8Array | undefined,
  onEnd: () => void,
): H4Connection {
  const members = new Set<H4Member>();
  let power: AdapterPower = 'on';
  let failure: Error | undefined;

  function receive(packet: Uint8Array): void {
    if (packet[0] === VENDOR_PACKET) hear(packet);
    else for (const member of members) member.receive(asBuffer(packet));
  }

  function hear(packet: Uint8Array): void {
    const said = parseVendor(packet);
    if (said.type !== 'power') throw new H4Error('a name came from the air');
    power = said.power;
    if (power === 'gone') fail(new Error(`the air at ${path} took the adapter ${name} away`));
  }

  function fail(error: Error): void {
    if (failure !== undefined) return;
    failure = error;
    power = 'gone';
    onEnd();
    socket.destroy();
    for (const member of members) member.failed(error);
  }

  const socket = connect(path);
  listen(socket, path, createH4Splitter(receive), fail);
  const writer: PacketWriter = createPacketWriter(socket);
  if (greeting !== undefined) writer.write(greeting);
  return {
    power: () => power,
    join(member) {
      if (members.has(member)) return;
      members.add(member);
      const error = failure;
      // In a later turn, as from a socket: whoever starts may not listen yet.
      if (error !== undefined) setImmediate(() => members.has(member) && member.failed(error));
    },
    leave(member) {
      if (!members.delete(member) || members.size > 0) return;
      onEnd();
      failure ??= new Error('left');
      writer.flush();
      socket.destroySoon();
    },
    write(packet, from) {
      if (failure !== undefined) return;
      writer.write(packet);
      if (packet[0] !== PacketType.command) return;
      for (const member of members) if (member !== from) member.sawCommand(packet);
    },
  };
}

function listen(socket: Socket, path: string, split: (chunk: Uint8Array) => void, fail: (error: Error) => void): void {
  socket.on('data', (chunk) => {
    try {
      split(chunk);
    } catch (error) {
      if (!(error instanceof H4Error)) throw error;
      fail(new Error(`what came from ${path} is not H4: ${error.message}`, { cause: error }));
    }
  });
  socket.on('error', (error) =>
    fail(new Error(`no connection to the air at ${path}: ${error.message}`, { cause: error })),
  );
  socket.on('close', () => fail(new Error(`the air at ${path} closed the connection`)));
}

/** The stacks read with the methods of Buffer. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
