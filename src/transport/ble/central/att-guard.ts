/** Looks at ATT packets of a peripheral before noble does: malformed ones make noble throw or loop for ever. Source: its lib/hci-socket/gatt.js. */
import { DEFAULT_MTU, MAX_MTU } from '../gatt.js';

/** The L2CAP channel of ATT. Source: Core Specification, volume 3, part A, section 2.1. */
export const ATT_CHANNEL = 0x0004;

/** Source: Core Specification, volume 3, part F, section 3.4.8. */
const Opcode = {
  errorResponse: 0x01,
  mtuResponse: 0x03,
  readByTypeResponse: 0x09,
  readByGroupResponse: 0x11,
  notification: 0x1b,
  indication: 0x1d,
} as const;

/** Bytes of an entry: a configuration descriptor, or a characteristic with a short or long UUID. Source: as above, section 3.4.4.2. */
const typeEntryBytes: readonly number[] = [4, 7, 21];
/** Bytes of an entry: a service with a short or long UUID. Source: as above, section 3.4.4.10. */
const groupEntryBytes: readonly number[] = [6, 20];

/** What is wrong with the packet; undefined: nothing that hurts. */
export function attFault(packet: Buffer): string | undefined {
  switch (packet[0]) {
    case undefined:
      return 'an empty ATT packet';
    case Opcode.errorResponse:
      return packet.length === 5 ? undefined : 'an ATT error of another length than 5';
    case Opcode.mtuResponse:
      return packet.length === 3 ? undefined : 'an MTU response of another length than 3';
    case Opcode.readByTypeResponse:
      return hasEntries(packet, typeEntryBytes) ? undefined : 'a list of attributes that cannot be read';
    case Opcode.readByGroupResponse:
      return hasEntries(packet, groupEntryBytes) ? undefined : 'a list of services that cannot be read';
    case Opcode.notification:
    case Opcode.indication:
      return packet.length >= 3 ? undefined : 'a notification without a handle';
    default:
      return undefined;
  }
}

/**
 * An MTU response with the MTU that is in force then: noble asks for MAX_MTU and believes whatever it hears, and with less than
 * DEFAULT_MTU its long writes never end. Source: Core Specification, volume 3, part F, section 3.4.2.2.
 */
export function withAgreedMtu(packet: Buffer): Buffer {
  if (packet[0] !== Opcode.mtuResponse) return packet;
  const agreed = Buffer.from(packet);
  agreed.writeUInt16LE(Math.min(Math.max(packet.readUInt16LE(1), DEFAULT_MTU), MAX_MTU), 1);
  return agreed;
}

/** Requests have even opcodes; noble answers each of them. */
export function isAttRequest(packet: Buffer): boolean {
  return packet.readUInt8(0) % 2 === 0;
}

function hasEntries(packet: Buffer, entryBytes: readonly number[]): boolean {
  const [, bytes = 0] = packet;
  return entryBytes.includes(bytes) && packet.length > 2 && (packet.length - 2) % bytes === 0;
}
