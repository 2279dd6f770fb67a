/** A host that speaks plain HCI, for tests that look at bytes. */
import type { Adapter } from '../../../src/transport/air/air.js';
import { addressBytes } from '../../../src/transport/air/device-address.js';
import { HciEvent, LeEvent, Opcode, PacketType } from '../../../src/transport/air/hci-codes.js';
import { word } from '../../../src/transport/air/hci-events.js';
import type { AdapterPower } from '../../../src/transport/air/hci-port.js';

export interface RawHost {
  /** Every packet from the controller, in order. */
  readonly received: Buffer[];
  readonly seenCommands: Buffer[];
  readonly powers: AdapterPower[];
  write(packet: Uint8Array): void;
  /** Sends a command, and waits for its Command Complete or Command Status: the whole packet. */
  command(opcode: number, parameters?: Uint8Array): Promise<Buffer>;
  /** The first packet that fits and that nobody has waited for yet. */
  next(fits: (packet: Buffer) => boolean): Promise<Buffer>;
  event(code: number): Promise<Buffer>;
  leEvent(code: number): Promise<Buffer>;
  acl(): Promise<Buffer>;
  close(): void;
}

export function createRawHost(adapter: Adapter): RawHost {
  const received: Buffer[] = [];
  const seenCommands: Buffer[] = [];
  const powers: AdapterPower[] = [];
  const untaken: Buffer[] = [];
  const waiting = new Set<() => void>();
  const port = adapter.attach({
    receive: (packet) => {
      received.push(Buffer.from(packet));
      untaken.push(Buffer.from(packet));
      for (const look of [...waiting]) look();
    },
    sawCommand: (packet) => void seenCommands.push(Buffer.from(packet)),
    powerChanged: (power) => void powers.push(power),
  });
  const next = (fits: (packet: Buffer) => boolean): Promise<Buffer> =>
    new Promise((resolve) => {
      const look = (): void => {
        const index = untaken.findIndex(fits);
        const [packet] = index < 0 ? [] : untaken.splice(index, 1);
        if (packet === undefined) return;
        waiting.delete(look);
        resolve(packet);
      };
      waiting.add(look);
      look();
    });
  return {
    received,
    seenCommands,
    powers,
    write: port.write,
    command: (opcode, parameters = Buffer.alloc(0)) => {
      const answer = next((packet) => answeredOpcode(packet) === opcode);
      port.write(command(opcode, parameters));
      return answer;
    },
    next,
    event: (code) => next((packet) => packet[0] === PacketType.event && packet[1] === code),
    leEvent: (code) => next((packet) => packet[1] === HciEvent.leMeta && packet[3] === code),
    acl: () => next((packet) => packet[0] === PacketType.acl),
    close: port.close,
  };
}

function command(opcode: number, parameters: Uint8Array = Buffer.alloc(0)): Buffer {
  return Buffer.concat([Uint8Array.of(PacketType.command), word(opcode), Uint8Array.of(parameters.length), parameters]);
}

/** ACL data: an L2CAP packet on ATT, or what `channel` says. */
export function attPacket(handle: number, att: Uint8Array, channel = 4): Buffer {
  return aclPacket(handle, Buffer.concat([word(att.length), word(channel), att]));
}

/** `boundary` 0: first from the host, 1: continuing. */
export function aclPacket(handle: number, payload: Uint8Array, boundary = 0): Buffer {
  const header = [Uint8Array.of(PacketType.acl), word(handle | (boundary << 12)), word(payload.length)];
  return Buffer.concat([...header, payload]);
}

/** A write command or, with 0x1b, a notification. */
export function unacknowledged(handle: number, value: Uint8Array, attOpcode = 0x52): Buffer {
  return attPacket(handle, Buffer.concat([Uint8Array.of(attOpcode), word(3), value]));
}

/** Parameters of LE Create Connection; the interval in steps of 1.25 ms, the supervision timeout of 10 ms. */
export function createConnection(peer: string, options: { interval?: number; timeout?: number } = {}): Buffer {
  const { interval = 6, timeout = 42 } = options;
  return Buffer.concat([
    Buffer.from('60003000' + '00' + '00', 'hex'),
    addressBytes(peer),
    Uint8Array.of(0),
    ...[interval, interval, 0, timeout, 0, 0].map(word),
  ]);
}

/** Parameters of LE Set Advertising Parameters. */
export function advertisingParameters(
  options: { type?: number; intervalMs?: number; ownType?: number; policy?: number } = {},
): Buffer {
  const { type = 0, intervalMs = 100, ownType = 0, policy = 0 } = options;
  const interval = word(intervalMs / 0.625);
  return Buffer.concat([interval, interval, Buffer.from([type, ownType, 0, 0, 0, 0, 0, 0, 0, 7, policy])]);
}

/** Parameters of LE Set Advertising Data and LE Set Scan Response Data. */
export function advertisingData(data: Uint8Array): Buffer {
  return Buffer.concat([Uint8Array.of(data.length), data, Buffer.alloc(31 - data.length)]);
}

export async function advertise(
  host: RawHost,
  options: Parameters<typeof advertisingParameters>[0] = {},
): Promise<void> {
  await host.command(Opcode.leSetAdvertisingParameters, advertisingParameters(options));
  await host.command(Opcode.leSetAdvertisingEnable, Uint8Array.of(1));
}

export async function scan(host: RawHost, parameters: Buffer, filtersDuplicates: boolean): Promise<void> {
  await host.command(Opcode.leSetScanParameters, parameters);
  await host.command(Opcode.leSetScanEnable, Uint8Array.of(1, filtersDuplicates ? 1 : 0));
}

/** Every advertising report so far, in hexadecimal digits. */
export function reports({ received }: RawHost): string[] {
  const isReport = (packet: Buffer): boolean =>
    packet[0] === PacketType.event && packet[1] === HciEvent.leMeta && packet[3] === LeEvent.advertisingReport;
  return received.filter(isReport).map((packet) => packet.toString('hex'));
}

export interface LinkedHosts {
  readonly central: RawHost;
  readonly peripheral: RawHost;
  /** Handles, each for its own side. */
  readonly out: number;
  readonly in: number;
}

/** Both are told of the connection, and nothing else has happened on it. */
export async function linkHosts(
  hub: Adapter,
  phone: Adapter,
  options: Parameters<typeof createConnection>[1] = {},
): Promise<LinkedHosts> {
  const [central, peripheral] = [createRawHost(hub), createRawHost(phone)];
  await advertise(peripheral);
  await central.command(Opcode.leCreateConnection, createConnection(phone.address, options));
  const complete = [central, peripheral].map((host) => host.leEvent(LeEvent.connectionComplete));
  const [out = 0, into = 0] = (await Promise.all(complete)).map((packet) => packet.readUInt16LE(5));
  return { central, peripheral, out, in: into };
}

function answeredOpcode(packet: Buffer): number | undefined {
  if (packet[1] === HciEvent.commandComplete) return packet.readUInt16LE(4);
  return packet[1] === HciEvent.commandStatus ? packet.readUInt16LE(5) : undefined;
}
