/** ACL data above the link layer: what is counted when it leaves a host, and what happens to it before it reaches the other. */
import { type Controller, type LinkEnd, otherEnd } from './air-state.js';
import { ACL_HEADER_BYTES, Boundary } from './hci-codes.js';
import { giveToHosts } from './host-side.js';

/** Length and channel before the payload of an L2CAP packet. Source: Core Specification 5.3, volume 3, part A, section 3.1. */
const L2CAP_HEADER_BYTES = 4;
const ATT_CHANNEL = 0x0004;
/** ATT packets that nobody acknowledges. Source: volume 3, part F, sections 3.4.5.3 and 3.4.7.1. */
const WRITE_COMMAND = 0x52;
const NOTIFICATION = 0x1b;
/** Opcode and attribute handle before the value of both. */
const VALUE_OFFSET = 3;

/** Counts what a host hands to ATT. */
export function noteOutgoing({ counts }: Controller, packet: Buffer): void {
  const start = attStart(packet);
  if (start === undefined) return;
  counts.attPduBytes += start.attBytes;
  if (start.isUnacknowledged) counts.attBytes += Math.max(0, start.attBytes - VALUE_OFFSET);
}

/**
 * Brings one ACL packet to the host of the other end, unless faults take it. The fragments of an L2CAP packet are lost together:
 * half of one would spoil what the host puts together next.
 */
export function carry(from: LinkEnd, packet: Buffer): void {
  const { space } = from.link;
  const isContinuing = (packet.readUInt16LE(1) & Boundary.mask) === Boundary.continuing;
  const { isLost, delayMs } = space.fate(!isContinuing && attStart(packet)?.isUnacknowledged === true);
  from.isLosing = isContinuing ? from.isLosing : isLost;
  if (from.isLosing) return;
  const to = otherEnd(from);
  const boundary = isContinuing ? Boundary.continuing : Boundary.firstFromController;
  packet.writeUInt16LE(to.handle | boundary, 1);
  arriveAfter(from, to, packet, delayMs);
}

/** Order is kept: a packet without a delay waits for those before it. */
function arriveAfter(from: LinkEnd, to: LinkEnd, packet: Buffer, delayMs: number): void {
  const { clock } = from.link.space;
  const nowMs = clock.now();
  from.lastArrivalMs = Math.max(from.lastArrivalMs, nowMs + delayMs);
  if (from.lastArrivalMs <= nowMs) {
    giveToHosts(to.controller, packet);
  } else {
    const timer = clock.setTimeout(() => {
      to.arriving.delete(timer);
      giveToHosts(to.controller, packet);
    }, from.lastArrivalMs - nowMs);
    to.arriving.add(timer);
  }
}

/** The ATT packet that begins here, if one does. */
function attStart(packet: Buffer): { readonly attBytes: number; readonly isUnacknowledged: boolean } | undefined {
  const isContinuing = (packet.readUInt16LE(1) & Boundary.mask) === Boundary.continuing;
  if (isContinuing || packet.length < ACL_HEADER_BYTES + L2CAP_HEADER_BYTES) return undefined;
  if (packet.readUInt16LE(ACL_HEADER_BYTES + 2) !== ATT_CHANNEL) return undefined;
  const attOpcode = packet[ACL_HEADER_BYTES + L2CAP_HEADER_BYTES];
  const isUnacknowledged = attOpcode === WRITE_COMMAND || attOpcode === NOTIFICATION;
  return { attBytes: packet.readUInt16LE(ACL_HEADER_BYTES), isUnacknowledged };
}
