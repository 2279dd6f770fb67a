/**
 * HCI traffic of several adapters as the file format of BlueZ's btmon, which Wireshark reads, too. The plain H4 kind of btsnoop knows
 * one adapter only: Wireshark would mix up the links and fragments of two. Source: RFC 1761; BlueZ, src/shared/btsnoop.h.
 */

import type { HciRecord } from './air.js';
import { addressBytes } from './device-address.js';
import { PacketType } from './hci-codes.js';

/** What stands before the first record. */
export function btsnoopHeader(): Buffer {
  const header = Buffer.alloc(16);
  header.write('btsnoop\0', 'latin1');
  header.writeUInt32BE(VERSION, 8);
  header.writeUInt32BE(LINUX_MONITOR, 12);
  return header;
}

/** Where and when a record belongs. */
export interface BtsnoopPlace {
  /** Of the adapter, from 0. */
  readonly index: number;
  /** Milliseconds since 1970. */
  readonly unixMs: number;
  /** Packets that were left out of the file so far. */
  readonly drops: number;
}

/** Says of an adapter, before its first packet, who it is. */
export function btsnoopAdapter({ adapter }: HciRecord, place: BtsnoopPlace): Buffer {
  const about = Buffer.alloc(16);
  // Kind and bus: primary and virtual, both 0.
  about.set(addressBytes(adapter.address), 2);
  // Of the name as much as there is place for; the last byte stays 0.
  about.write(adapter.name, 8, 7, 'latin1');
  return snoopRecord(Kind.newAdapter, about, place);
}

/** One packet; its type stands in the flags. */
export function btsnoopPacket({ packet, isFromHost }: HciRecord, place: BtsnoopPlace): Buffer {
  return snoopRecord(kindOf(packet, isFromHost), packet.subarray(1), place);
}

/** Source: RFC 1761. */
const VERSION = 1;
const RECORD_HEADER_BYTES = 24;
/** Datalink type. Source: BlueZ, src/shared/btsnoop.h, BTSNOOP_FORMAT_MONITOR. */
const LINUX_MONITOR = 2001;
/** Source: BlueZ, src/shared/btsnoop.h, BTSNOOP_OPCODE_*. */
const Kind = { newAdapter: 0, command: 2, event: 3, aclFromHost: 4, aclToHost: 5, vendor: 11 } as const;
/** 1970 in microseconds since the year 0. Source: Wireshark, wiretap/btsnoop.c, KUnixTimeBase. */
const YEAR_1970_US = 0x00dc_ddb3_0f2f_8000n;

function kindOf([type]: Uint8Array, isFromHost: boolean): number {
  switch (type) {
    case PacketType.command:
      return Kind.command;
    case PacketType.event:
      return Kind.event;
    case PacketType.acl:
      return isFromHost ? Kind.aclFromHost : Kind.aclToHost;
    default:
      return Kind.vendor;
  }
}

function snoopRecord(kind: number, data: Uint8Array, { index, unixMs, drops }: BtsnoopPlace): Buffer {
  const record = Buffer.alloc(RECORD_HEADER_BYTES + data.length);
  record.writeUInt32BE(data.length, 0);
  record.writeUInt32BE(data.length, 4);
  record.writeUInt16BE(index, 8);
  record.writeUInt16BE(kind, 10);
  record.writeUInt32BE(drops, 12);
  record.writeBigInt64BE(YEAR_1970_US + BigInt(Math.round(unixMs * 1_000)), 16);
  record.set(data, RECORD_HEADER_BYTES);
  return record;
}
