/** H4: HCI packets as a stream of bytes, and the packets of our own that `tandem air` adds. Source: Core Specification 5.3, volume 4, part A, section 2. */
import { unreachable } from '../../protocol/unreachable.js';
import { PacketType } from './hci-codes.js';
import type { AdapterPower } from './hci-port.js';

/** First byte of a packet of ours: length u16, then an operation byte and its body. The specification leaves this type free. */
export const VENDOR_PACKET = 0xff;
/** The longest packet, in bytes: ACL data whose 16-bit length is full. More is never buffered. */
export const MAX_PACKET_BYTES = 5 + 0xffff;
/** Longest name of an adapter, in UTF-8 bytes; the shortest has 1. */
export const MAX_ADAPTER_NAME_BYTES = 64;

/** The bytes are not H4, or not what this side may send. The stream is of no use any more. */
export class H4Error extends Error {
  override readonly name = 'H4Error';
}

/** What our packets say. */
export type VendorPacket =
  /** From a host, before anything else: its controller is the adapter of this name, the same one again after a restart. */
  | { readonly type: 'name'; readonly name: string }
  /** To a host that gave a name: at the start, and after every change. */
  | { readonly type: 'power'; readonly power: AdapterPower };

/**
 * Cuts a stream into packets, however it arrives in chunks; each is given away once it is whole, and may share memory with its chunk.
 * Throws H4Error at the first byte that cannot be, after the packets before it, and from then on.
 */
export function createH4Splitter(take: (packet: Uint8Array) => void): (chunk: Uint8Array) => void {
  /** The beginning of a packet: its header, or all of it, as far as it is here. */
  let part = new Uint8Array(0);
  let filled = 0;
  let failure: H4Error | undefined;

  function startPart(rest: Uint8Array): number {
    const length = packetLength(rest);
    if (length !== undefined && length <= rest.length) {
      take(rest.subarray(0, length));
      return length;
    }
    part = new Uint8Array(length ?? headerLength(rest[0]));
    return fillPart(rest);
  }

  function fillPart(rest: Uint8Array): number {
    const taken = rest.subarray(0, part.length - filled);
    part.set(taken, filled);
    filled += taken.length;
    if (filled === part.length) completePart();
    return taken.length;
  }

  /** A header that is whole says how long the packet is. */
  function completePart(): void {
    const whole = part;
    const length = packetLength(whole) ?? whole.length;
    if (length > whole.length) {
      part = new Uint8Array(length);
      part.set(whole);
    } else {
      filled = 0;
      take(whole);
    }
  }

  return (chunk) => {
    if (failure !== undefined) throw failure;
    try {
      for (let at = 0; at < chunk.length; ) {
        const rest = chunk.subarray(at);
        at += filled === 0 ? startPart(rest) : fillPart(rest);
      }
    } catch (error) {
      if (error instanceof H4Error) failure = error;
      throw error;
    }
  };
}

/** One of our packets as bytes. Throws H4Error on a name that is empty or too long. */
export function encodeVendor(packet: VendorPacket): Uint8Array {
  switch (packet.type) {
    case 'name':
      return vendorBytes(Operation.name, encodeName(packet.name));
    case 'power':
      return vendorBytes(Operation.power, Uint8Array.of(POWERS.indexOf(packet.power)));
    default:
      return unreachable(packet);
  }
}

/** Reads a whole packet that begins with VENDOR_PACKET. Throws H4Error. */
export function parseVendor(packet: Uint8Array): VendorPacket {
  const [, , , operation, power = -1] = packet;
  const body = packet.subarray(4);
  if (operation === Operation.name) return { type: 'name', name: parseName(body) };
  const known = body.length === 1 ? POWERS[power] : undefined;
  if (operation === Operation.power && known !== undefined) return { type: 'power', power: known };
  throw new H4Error(`not a packet of the air: ${Buffer.from(packet.subarray(0, 16)).toString('hex')}`);
}

const Operation = { name: 1, power: 2 } as const;
/** The number on the wire is the place. */
const POWERS: readonly AdapterPower[] = ['off', 'on', 'gone'];

/** Undefined while the header is not whole. `bytes` is not empty. */
function packetLength(bytes: Uint8Array): number | undefined {
  const [type, , second = 0, third = 0, fourth = 0] = bytes;
  const header = headerLength(type);
  if (bytes.length < header) return undefined;
  switch (type) {
    case PacketType.command:
      return header + third;
    case PacketType.acl:
      return header + third + (fourth << 8);
    case PacketType.event:
      return header + second;
    default:
      return header + (bytes[1] ?? 0) + (second << 8);
  }
}

/** Type, and the header of the packet up to its length. Source: Core Specification 5.3, volume 4, part E, section 5.4. */
function headerLength(type: number | undefined): number {
  switch (type) {
    case PacketType.command:
      return 4;
    case PacketType.acl:
      return 5;
    case PacketType.event:
    case VENDOR_PACKET:
      return 3;
    case 3:
      throw new H4Error('synchronous data (H4 type 3) is not for LE');
    case 5:
      throw new H4Error('isochronous data (H4 type 5) is not supported');
    default:
      throw new H4Error(`no H4 packet begins with ${type}`);
  }
}

function vendorBytes(operation: number, body: Uint8Array): Uint8Array {
  const length = 1 + body.length;
  return Uint8Array.of(VENDOR_PACKET, length & 0xff, length >> 8, operation, ...body);
}

function encodeName(name: string): Uint8Array {
  const bytes = new TextEncoder().encode(name);
  if (bytes.length >= 1 && bytes.length <= MAX_ADAPTER_NAME_BYTES) return bytes;
  throw new H4Error(`the name of an adapter has 1 to ${MAX_ADAPTER_NAME_BYTES} bytes, not ${bytes.length}`);
}

function parseName(bytes: Uint8Array): string {
  if (bytes.length < 1 || bytes.length > MAX_ADAPTER_NAME_BYTES) {
    throw new H4Error(`the name of an adapter has 1 to ${MAX_ADAPTER_NAME_BYTES} bytes, not ${bytes.length}`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new H4Error('the name of an adapter is not UTF-8', { cause: error });
  }
}
