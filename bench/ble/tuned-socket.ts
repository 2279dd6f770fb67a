/** The socket of an adapter, with a connection interval and an MTU of the measurement's choice: the product has one of each. */
import type { HciSocket, HciSocketClass } from '../../src/transport/ble/stacks.js';

export interface Tuning {
  /** A multiple of 1.25. Left out: what the central asks for. */
  readonly intervalMs?: number;
  /** Left out: what noble asks for. */
  readonly mtu?: number;
}

/** For the side of the central, which names both. */
export function tuned(Socket: HciSocketClass, { intervalMs, mtu }: Tuning): HciSocketClass {
  return function createTuned(): HciSocket {
    const socket = new Socket();
    const { write } = socket;
    socket.write = (packet) => {
      if (intervalMs !== undefined) setInterval(packet, intervalMs / UNIT_MS);
      if (mtu !== undefined) setMtu(packet, mtu);
      write.call(socket, packet);
    };
    return socket;
  } as unknown as HciSocketClass; // called with `new`, a function that returns an object gives that object
}

/** Of connection intervals. Source: Core Specification, volume 4, part E, section 7.8.12. */
const UNIT_MS = 1.25;
const COMMAND = 0x01;
const LE_CREATE_CONNECTION = 0x200d;
const INTERVALS_AT = 4 + 13;
const ACL_DATA = 0x02;
/** Exchange MTU Request, on the channel of ATT. Source: volume 3, part F, section 3.4.2.1. */
const ATT_CHANNEL = 0x0004;
const MTU_REQUEST = 0x02;
const ATT_AT = 1 + 4 + 4;

/** In place: nobody reads the packet again. */
function setInterval(packet: Buffer, units: number): void {
  if (packet[0] !== COMMAND || packet.readUInt16LE(1) !== LE_CREATE_CONNECTION) return;
  packet.writeUInt16LE(units, INTERVALS_AT);
  packet.writeUInt16LE(units, INTERVALS_AT + 2);
}

function setMtu(packet: Buffer, mtu: number): void {
  if (packet[0] !== ACL_DATA || packet.length < ATT_AT + 3 || packet.readUInt16LE(ATT_AT - 2) !== ATT_CHANNEL) return;
  if (packet[ATT_AT] === MTU_REQUEST) packet.writeUInt16LE(mtu, ATT_AT + 1);
}
