/** A host made by hand on bare HCI, mostly a central: it does what noble never would, and tells what comes back. */
import { EventEmitter, on, once } from 'node:events';
import type { Adapter } from '../../src/transport/air/air.js';
import { addressBytes } from '../../src/transport/air/device-address.js';
import { HciEvent, LeEvent, Opcode, PacketType } from '../../src/transport/air/hci-codes.js';
import type { HciPort } from '../../src/transport/air/hci-port.js';

/** Where bleno puts the attributes of our service: behind its own nine. */
export const Attribute = { toPeripheral: 12, toCentral: 14, subscription: 15, identity: 17 } as const;

/** Opcodes of ATT. Source: Core Specification, volume 3, part F, section 3.4.8. */
export const Att = {
  error: 0x01,
  mtuRequest: 0x02,
  readRequest: 0x0a,
  readBlobRequest: 0x0c,
  writeRequest: 0x12,
  writeResponse: 0x13,
  prepareWriteRequest: 0x16,
  executeWriteRequest: 0x18,
  executeWriteResponse: 0x19,
  notification: 0x1b,
  writeCommand: 0x52,
} as const;

const ATT_CHANNEL = 4;
const SCAN_RESPONSE = 4;

export interface RogueCentral {
  /** Resolves when the connection is there, which is as soon as the peripheral advertises. */
  connect(peripheral: Adapter): Promise<RogueConnection>;
  /** Plays the peripheral: advertises until a central connects. */
  accept(advertisement: Uint8Array, scanResponse: Uint8Array): Promise<RogueConnection>;
  /** The next advertisement and scan response together, as bytes. */
  hear(): Promise<Buffer>;
  /** Any command. */
  command(opcode: number, parameters?: Uint8Array): void;
  leave(): void;
}

export interface RogueConnection {
  readonly handle: number;
  /** Why it ended: an HCI error code. */
  readonly ended: Promise<number>;
  readonly notifications: readonly Buffer[];
  /** The next notification, unless it came before. */
  nextNotification(): Promise<Buffer>;
  att(...pdu: readonly (number | Uint8Array)[]): void;
  /** Sends a request; its answer, or whatever comes instead. */
  request(...pdu: readonly (number | Uint8Array)[]): Promise<Buffer>;
  subscribe(): Promise<Buffer>;
  /** A whole L2CAP packet on any channel. */
  send(channel: number, payload: Uint8Array): void;
  /** The next answer on this L2CAP channel. */
  answer(channel: number): Promise<Buffer>;
  /** A bare ACL packet. */
  fragment(isFirst: boolean, bytes: Uint8Array): void;
  /** Resolves when the controller has sent all that was handed to it. */
  sent(): Promise<void>;
  disconnect(reason?: number): void;
}

export function createRogueCentral(adapter: Adapter): RogueCentral {
  const events = new EventEmitter().setMaxListeners(0);
  const port = adapter.attach({ receive: (packet) => hear(events, Buffer.from(packet)) });
  const command = (opcode: number, parameters: Uint8Array = new Uint8Array(0)): void =>
    port.write(
      Buffer.concat([Uint8Array.of(PacketType.command, opcode & 0xff, opcode >> 8, parameters.length), parameters]),
    );
  return {
    async connect(peripheral) {
      const connected = once(events, 'connected');
      command(Opcode.leCreateConnection, createConnection(peripheral.address));
      const [status, handle] = (await connected) as [number, number]; // what `hear` emits
      if (status !== 0) throw new Error(`connecting failed with status ${status}`);
      return createConnectionOver(events, port, command, handle);
    },
    async accept(advertisement, scanResponse) {
      const connected = once(events, 'connected');
      command(Opcode.leSetAdvertisingData, padded(advertisement));
      command(Opcode.leSetScanResponseData, padded(scanResponse));
      command(Opcode.leSetAdvertisingEnable, Uint8Array.of(1));
      const [, handle] = (await connected) as [number, number]; // what `hear` emits
      return createConnectionOver(events, port, command, handle);
    },
    async hear() {
      command(Opcode.leSetScanEnable, Uint8Array.of(0, 0));
      command(Opcode.leSetScanParameters, Uint8Array.of(1, 16, 0, 16, 0, 0, 0));
      const reports = on(events, 'report');
      command(Opcode.leSetScanEnable, Uint8Array.of(1, 0));
      const parts: Buffer[] = [];
      for await (const [type, data] of reports) {
        const isResponse = type === SCAN_RESPONSE;
        if (isResponse === (parts.length === 1)) parts.push(data);
        if (parts.length === 2) break;
      }
      command(Opcode.leSetScanEnable, Uint8Array.of(0, 0));
      return Buffer.concat(parts);
    },
    command,
    leave: () => port.close(),
  };
}

function padded(data: Uint8Array): Buffer {
  return Buffer.concat([Uint8Array.of(data.length), data, Buffer.alloc(31 - data.length)]);
}

/** Interval 7.5 ms, supervision timeout 100 ms. Source: Core Specification, volume 4, part E, section 7.8.12. */
function createConnection(address: string): Buffer {
  const parameters = Buffer.alloc(25);
  parameters.writeUInt16LE(0x10, 0);
  parameters.writeUInt16LE(0x10, 2);
  parameters.set(addressBytes(address), 6);
  parameters.writeUInt16LE(6, 13);
  parameters.writeUInt16LE(6, 15);
  parameters.writeUInt16LE(10, 19);
  return parameters;
}

function hear(events: EventEmitter, packet: Buffer): void {
  if (packet[0] === PacketType.acl) {
    const handle = packet.readUInt16LE(1) & 0x0fff;
    events.emit(`acl ${handle}`, (packet.readUInt16LE(1) >> 12) & 3, packet.subarray(5));
  } else if (packet[1] === HciEvent.leMeta && packet[3] === LeEvent.connectionComplete) {
    events.emit('connected', packet.readUInt8(4), packet.readUInt16LE(5));
  } else if (packet[1] === HciEvent.leMeta && packet[3] === LeEvent.advertisingReport) {
    events.emit('report', packet.readUInt8(5), packet.subarray(14, 14 + packet.readUInt8(13)));
  } else if (packet[1] === HciEvent.disconnectionComplete) {
    events.emit(`ended ${packet.readUInt16LE(4)}`, packet.readUInt8(6));
  } else if (packet[1] === HciEvent.numberOfCompletedPackets) {
    events.emit(`completed ${packet.readUInt16LE(4)}`, packet.readUInt16LE(6));
  }
}

function createConnectionOver(
  events: EventEmitter,
  port: HciPort,
  command: RogueCentral['command'],
  handle: number,
): RogueConnection {
  const { notifications, heard } = listen(events, handle);
  const ended = once(events, `ended ${handle}`).then(([reason]) => Number(reason));
  const sender = createSender(events, port, handle);
  const att = (...pdu: readonly (number | Uint8Array)[]): void => sender.packet(ATT_CHANNEL, bytesOf(pdu));
  const answer = async (channel: number): Promise<Buffer> => {
    const [payload] = await once(heard, `answer ${channel}`);
    return Buffer.from(payload);
  };
  const request = (...pdu: readonly (number | Uint8Array)[]): Promise<Buffer> => {
    const answered = answer(ATT_CHANNEL);
    att(...pdu);
    return answered;
  };
  return {
    handle,
    ended,
    notifications,
    async nextNotification() {
      if (notifications.length === 0) await once(heard, 'notification');
      return notifications.shift() ?? Buffer.alloc(0);
    },
    att,
    request,
    subscribe: () => request(Att.writeRequest, Attribute.subscription, 0, 1, 0),
    send: sender.packet,
    answer,
    fragment: sender.fragment,
    sent: sender.sent,
    disconnect: (reason = 0x13) => command(Opcode.disconnect, Uint8Array.of(handle & 0xff, handle >> 8, reason)),
  };
}

/** Puts L2CAP packets together, notifications apart from answers. */
function listen(events: EventEmitter, handle: number): { notifications: Buffer[]; heard: EventEmitter } {
  const heard = new EventEmitter().setMaxListeners(0);
  const notifications: Buffer[] = [];
  let packet: Buffer = Buffer.alloc(0);
  events.on(`acl ${handle}`, (boundary: number, bytes: Buffer) => {
    packet = boundary === 1 ? Buffer.concat([packet, bytes]) : bytes;
    if (packet.length < 4 || packet.length < 4 + packet.readUInt16LE(0)) return;
    const channel = packet.readUInt16LE(2);
    const payload = packet.subarray(4);
    if (channel === ATT_CHANNEL && payload[0] === Att.notification) {
      notifications.push(payload.subarray(3));
      heard.emit('notification');
    } else {
      heard.emit(`answer ${channel}`, payload);
    }
  });
  return { notifications, heard };
}

/** Waits for buffers like an honest host: what is tested is the other side. */
function createSender(events: EventEmitter, port: HciPort, handle: number) {
  const queue: Buffer[] = [];
  let free = 8;
  const push = (): void => {
    for (; free > 0 && queue.length > 0; free -= 1) port.write(queue.shift() ?? Buffer.alloc(0));
    if (free === 8) events.emit(`idle ${handle}`);
  };
  events.on(`completed ${handle}`, (count: number) => {
    free += count;
    push();
  });
  const fragment = (isFirst: boolean, bytes: Uint8Array): void => {
    const header = Buffer.alloc(5);
    header.writeUInt8(PacketType.acl, 0);
    header.writeUInt16LE(handle | (isFirst ? 0 : 0x1000), 1);
    header.writeUInt16LE(bytes.length, 3);
    queue.push(Buffer.concat([header, bytes]));
    push();
  };
  return {
    fragment,
    packet(channel: number, payload: Uint8Array): void {
      const header = Buffer.alloc(4);
      header.writeUInt16LE(payload.length, 0);
      header.writeUInt16LE(channel, 2);
      const whole = Buffer.concat([header, payload]);
      for (let at = 0; at < whole.length; at += 251) fragment(at === 0, whole.subarray(at, at + 251));
    },
    sent: async (): Promise<void> => {
      if (free < 8) await once(events, `idle ${handle}`);
    },
  };
}

function bytesOf(parts: readonly (number | Uint8Array)[]): Buffer {
  return Buffer.concat(parts.map((part) => (typeof part === 'number' ? Uint8Array.of(part) : part)));
}
