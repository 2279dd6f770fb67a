/** HCI packets as lines that people read. */
import type { HciRecord } from './air.js';
import { Boundary, HANDLE_MASK, HciError, HciEvent, LeEvent, Opcode, PacketType } from './hci-codes.js';

/** Bytes of parameters or payload that a line shows; what is longer ends in an ellipsis and its length. */
const SHOWN_BYTES = 24;

/** One line: when in ms of the air's clock, at which adapter, `>` to or `<` from the controller, what, and its first bytes. */
export function describeHci({ atMs, adapter, isFromHost, packet }: HciRecord): string {
  const time = atMs.toFixed(3).padStart(12);
  return `${time} ${adapter.name.padEnd(8)} ${isFromHost ? '>' : '<'} ${describePacket(Buffer.from(packet))}`;
}

function describePacket(packet: Buffer): string {
  switch (packet[0]) {
    case PacketType.command:
      return words(`command ${nameOf(OPCODE_NAMES, wordAt(packet, 1), 4)}`, bytes(packet, 4));
    case PacketType.event:
      return describeEvent(packet);
    case PacketType.acl:
      return describeAcl(packet);
    default:
      return words('unknown', bytes(packet, 0));
  }
}

function describeEvent(packet: Buffer): string {
  const name = `event ${nameOf(EVENT_NAMES, byteAt(packet, 1), 2)}`;
  switch (packet[1]) {
    case HciEvent.commandComplete: {
      const command = nameOf(OPCODE_NAMES, wordAt(packet, 4), 4);
      return words(name, command, status(packet, 6), bytes(packet, 7));
    }
    case HciEvent.commandStatus:
      return words(name, nameOf(OPCODE_NAMES, wordAt(packet, 5), 4), status(packet, 3));
    case HciEvent.disconnectionComplete:
      return words(name, handle(packet, 4), `reason ${nameOf(ERROR_NAMES, byteAt(packet, 6), 2)}`);
    case HciEvent.numberOfCompletedPackets:
      return words(name, handle(packet, 4), `count ${wordAt(packet, 6)}`);
    case HciEvent.leMeta:
      return describeLeEvent(packet);
    default:
      return words(name, bytes(packet, 3));
  }
}

function describeLeEvent(packet: Buffer): string {
  const name = `event LE ${nameOf(LE_EVENT_NAMES, byteAt(packet, 3), 2)}`;
  switch (packet[3]) {
    case LeEvent.connectionComplete:
    case LeEvent.connectionUpdateComplete:
    case LeEvent.readRemoteFeaturesComplete:
    case LeEvent.phyUpdateComplete:
      return words(name, status(packet, 4), handle(packet, 5), bytes(packet, 7));
    case LeEvent.longTermKeyRequest:
    case LeEvent.dataLengthChange:
      return words(name, handle(packet, 4), bytes(packet, 6));
    default:
      return words(name, bytes(packet, 4));
  }
}

/** Only the first fragment of an L2CAP packet says what it is. Source: Core Specification 5.3, volume 3, part A, section 3.1. */
function describeAcl(packet: Buffer): string {
  const name = words('data', handle(packet, 1));
  if ((wordAt(packet, 1) & Boundary.mask) === Boundary.continuing) return words(name, 'continued', bytes(packet, 5));
  switch (wordAt(packet, 7)) {
    case ATT_CHANNEL:
      return words(name, `ATT ${nameOf(ATT_NAMES, byteAt(packet, 9), 2)}`, bytes(packet, 10));
    case SIGNALLING_CHANNEL:
      return words(name, 'signalling', bytes(packet, 9));
    case SECURITY_CHANNEL:
      return words(name, 'security', bytes(packet, 9));
    default:
      return words(name, `channel ${wordAt(packet, 7)}`, bytes(packet, 9));
  }
}

/** Source: Core Specification 5.3, volume 3, part A, section 2.1. */
const ATT_CHANNEL = 4;
const SIGNALLING_CHANNEL = 5;
const SECURITY_CHANNEL = 6;

/** Source: Core Specification 5.3, volume 3, part F, section 3.4.8. */
const AttOpcode = {
  errorResponse: 0x01,
  exchangeMtuRequest: 0x02,
  exchangeMtuResponse: 0x03,
  findInformationRequest: 0x04,
  findInformationResponse: 0x05,
  findByTypeValueRequest: 0x06,
  findByTypeValueResponse: 0x07,
  readByTypeRequest: 0x08,
  readByTypeResponse: 0x09,
  readRequest: 0x0a,
  readResponse: 0x0b,
  readBlobRequest: 0x0c,
  readBlobResponse: 0x0d,
  readMultipleRequest: 0x0e,
  readMultipleResponse: 0x0f,
  readByGroupTypeRequest: 0x10,
  readByGroupTypeResponse: 0x11,
  writeRequest: 0x12,
  writeResponse: 0x13,
  prepareWriteRequest: 0x16,
  prepareWriteResponse: 0x17,
  executeWriteRequest: 0x18,
  executeWriteResponse: 0x19,
  notification: 0x1b,
  indication: 0x1d,
  confirmation: 0x1e,
  writeCommand: 0x52,
} as const;

const OPCODE_NAMES = spell(Opcode);
const EVENT_NAMES = spell(HciEvent);
const LE_EVENT_NAMES = spell(LeEvent);
const ERROR_NAMES = spell(HciError);
const ATT_NAMES = spell(AttOpcode);

/** 'leSetScanEnable' is said "LE Set Scan Enable". */
function spell(codes: Readonly<Record<string, number>>): ReadonlyMap<number, string> {
  return new Map(
    Object.entries(codes).map(([name, code]) => {
      const spaced = name.replace(/[A-Z]/g, ' $&').replace(/^le /, 'LE ');
      return [code, spaced.charAt(0).toUpperCase() + spaced.slice(1)];
    }),
  );
}

function nameOf(names: ReadonlyMap<number, string>, code: number, digits: number): string {
  return names.get(code) ?? `0x${code.toString(16).padStart(digits, '0')}`;
}

function status(packet: Buffer, at: number): string {
  const code = packet[at];
  return code === undefined ? '' : nameOf(ERROR_NAMES, code, 2).toLowerCase();
}

function handle(packet: Buffer, at: number): string {
  return `handle ${wordAt(packet, at) & HANDLE_MASK}`;
}

function bytes(packet: Buffer, from: number): string {
  const all = packet.subarray(from);
  const shown = all.subarray(0, SHOWN_BYTES).toString('hex');
  return all.length <= SHOWN_BYTES ? shown : `${shown}… (${all.length} bytes)`;
}

/** A packet may be cut short: what is missing counts as 0. */
function byteAt(packet: Buffer, at: number): number {
  return packet[at] ?? 0;
}

function wordAt(packet: Buffer, at: number): number {
  return byteAt(packet, at) | (byteAt(packet, at + 1) << 8);
}

function words(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ');
}
