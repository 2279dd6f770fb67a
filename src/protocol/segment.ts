/** The 3-byte header of a packet; bit picture in docs/peer-protocol.md, "Segments". */

export const SEGMENT_HEADER_BYTES = 3;
/** Width of segment sequence numbers, see serial.ts. */
export const SEGMENT_BITS = 11;
/** Largest packet every transport takes: ATT_MTU 23 less 3. Source: Bluetooth Core Specification, volume 3, part F, section 3.2.8. */
export const SMALLEST_PACKET_BYTES = 20;

/**
 * One packet. Without payload it is a bare acknowledgement; then `isFirst` reports a gap: everything from `acknowledgement` to before
 * `sequence` is missing.
 */
export interface Segment {
  /** Begins a record. */
  readonly isFirst: boolean;
  /** Ends a record. */
  readonly isLast: boolean;
  /** 0 in a bare acknowledgement that reports no gap. */
  readonly sequence: number;
  /** Cumulative: the sequence the sender of this packet waits for. */
  readonly acknowledgement: number;
  readonly payload: Uint8Array;
}

/** The stream of segments is beyond use: the other side broke its rules, or acknowledges nothing any more. */
export class SegmentError extends Error {
  override readonly name = 'SegmentError';
  readonly reason: 'protocol-violation' | 'silent';

  constructor(reason: SegmentError['reason'], detail: string) {
    super(detail);
    this.reason = reason;
  }
}

const FIRST_FLAG = 0x80_0000;
const LAST_FLAG = 0x40_0000;
const SEQUENCE_MASK = 2 ** SEGMENT_BITS - 1;

export function encodeSegment(segment: Segment): Uint8Array<ArrayBuffer> {
  const { isFirst, isLast, sequence, acknowledgement, payload } = segment;
  const flags = (isFirst ? FIRST_FLAG : 0) | (isLast ? LAST_FLAG : 0);
  const header = flags | (sequence << SEGMENT_BITS) | acknowledgement;
  const packet = new Uint8Array(SEGMENT_HEADER_BYTES + payload.length);
  packet[0] = header >>> 16;
  packet[1] = header >>> 8;
  packet[2] = header;
  packet.set(payload, SEGMENT_HEADER_BYTES);
  return packet;
}

/** The payload is a view into the packet. Throws SegmentError for what no sender writes. */
export function decodeSegment(packet: Uint8Array): Segment {
  const high = packet[0];
  const middle = packet[1];
  const low = packet[2];
  if (high === undefined || middle === undefined || low === undefined) {
    throw new SegmentError('protocol-violation', 'a packet is shorter than its header');
  }
  const header = (high << 16) | (middle << 8) | low;
  const isFirst = (header & FIRST_FLAG) !== 0;
  const isLast = (header & LAST_FLAG) !== 0;
  const sequence = (header >>> SEGMENT_BITS) & SEQUENCE_MASK;
  if (packet.length === SEGMENT_HEADER_BYTES && (isLast || (!isFirst && sequence !== 0))) {
    throw new SegmentError('protocol-violation', 'an acknowledgement without payload says more than it may');
  }
  return {
    isFirst,
    isLast,
    sequence,
    acknowledgement: header & SEQUENCE_MASK,
    payload: packet.subarray(SEGMENT_HEADER_BYTES),
  };
}
