/** Two stacks on one controller: each believes that all its buffers are its own, so each is told of half of them. Source: ble.md 3.1. */
import type { HciSocket, HciSocketClass } from './stacks.js';

/** A socket class that does what `Socket` does, for one of two stacks. A controller with a single buffer still gets one packet too many at times. */
export function withHalfTheBuffers(Socket: HciSocketClass): HciSocketClass {
  return function createSharing(): HciSocket {
    const socket = new Socket();
    const { emit } = socket;
    socket.emit = (name: string | symbol, ...args: unknown[]): boolean => {
      const [packet] = args;
      if (name === 'data' && Buffer.isBuffer(packet)) halve(packet);
      return emit.call(socket, name, ...args);
    };
    return socket;
  } as unknown as HciSocketClass; // called with `new`, a function that returns an object gives that object
}

const EVENT = 0x04;
const COMMAND_COMPLETE = 0x0e;
const LE_READ_BUFFER_SIZE = 0x2002;
const READ_BUFFER_SIZE = 0x1005;

/** In place: the bytes are the host's. Source: Core Specification, volume 4, part E, sections 7.4.5 and 7.8.2. */
function halve(packet: Buffer): void {
  if (packet[0] !== EVENT || packet[1] !== COMMAND_COMPLETE || packet.length < 10 || packet[6] !== 0) return;
  const opcode = packet.readUInt16LE(4);
  if (opcode === LE_READ_BUFFER_SIZE) packet.writeUInt8(half(packet.readUInt8(9)), 9);
  if (opcode === READ_BUFFER_SIZE && packet.length >= 12) packet.writeUInt16LE(half(packet.readUInt16LE(10)), 10);
}

/** None stays none: the stacks then ask for the buffers of BR/EDR. */
function half(count: number): number {
  return count === 0 ? 0 : Math.max(1, Math.floor(count / 2));
}
