/**
 * Records over packets that may vanish, double or overtake each other: a window of segments, cumulative acknowledgements, reports of gaps,
 * and back to the oldest segment when nothing is heard. Pure: the driver owns the clock and the radio. Rules: docs/peer-protocol.md, "Segments".
 */
import { SEGMENT_WINDOW } from './limits.js';
import { decodeSegment, encodeSegment, type Segment, SegmentError, SMALLEST_PACKET_BYTES } from './segment.js';
import {
  acceptSegment,
  createReceiver,
  isAcknowledgementDue,
  noteAcknowledged,
  type SegmentReceiver,
} from './segment-incoming.js';
import {
  acknowledgeSegments,
  createSender,
  fillGap,
  nextTimeoutMs,
  type SegmentSender,
  takeSegment,
} from './segment-outgoing.js';

export interface SegmentStreamOptions {
  /** Largest packet of the link, in bytes; the same on both sides, at least 20. */
  readonly packetBytes: number;
  /** Segments in flight, 1 to SEGMENT_WINDOW. */
  readonly window?: number;
  /** A longer record from the other side is a violation. */
  readonly maxRecordBytes: number;
}

/** All times come from one clock of the driver that never runs backwards. After a SegmentError the stream is of no more use. */
export interface SegmentStream {
  /** Queues a record of at least one byte. It is kept, not copied: the caller must not change it any more. */
  push(record: Uint8Array): void;
  /**
   * The next packet, if one is due; it counts as sent. Ask until there is none: after `push`, after `receive`, at the deadline. Throws
   * SegmentError 'silent' when the other side acknowledges nothing any more.
   */
  nextPacket(nowMs: number): Uint8Array<ArrayBuffer> | undefined;
  /** Takes a packet, gives the whole records it completes: views into the packet where they fit in one. Throws SegmentError. */
  receive(packet: Uint8Array, nowMs: number): readonly Uint8Array[];
  /** When to ask `nextPacket` again, if nothing else happens first. */
  nextDeadlineMs(): number | undefined;
  /** Bytes of records that no packet has carried yet. */
  queuedBytes(): number;
  /** Nothing waits, nothing is unacknowledged on either side. */
  isIdle(): boolean;
  /** For the time after the handshake, when longer records are allowed. */
  setMaxRecordBytes(bytes: number): void;
}

const NO_PAYLOAD = new Uint8Array(0);

/** Throws RangeError for a packet size or window out of bounds. */
export function createSegmentStream(options: SegmentStreamOptions): SegmentStream {
  const { packetBytes, window = SEGMENT_WINDOW, maxRecordBytes } = options;
  if (packetBytes < SMALLEST_PACKET_BYTES) throw new RangeError(`packets of ${packetBytes} bytes are too small`);
  if (window < 1 || window > SEGMENT_WINDOW) throw new RangeError(`a window of ${window} segments is out of bounds`);
  const sender = createSender(packetBytes, window);
  const receiver = createReceiver(maxRecordBytes, window);
  return {
    push(record) {
      if (record.length === 0) throw new RangeError('a record has at least one byte');
      sender.records.push(record);
      sender.queuedBytes += record.length;
    },
    nextPacket: (nowMs) => nextPacket(sender, receiver, nowMs),
    receive(packet, nowMs) {
      if (packet.length > packetBytes) throw new SegmentError('protocol-violation', 'a packet is too long');
      return receive(sender, receiver, packet, nowMs);
    },
    nextDeadlineMs: () => nextDeadlineMs(sender, receiver),
    queuedBytes: () => sender.queuedBytes,
    isIdle: () => sender.records.isEmpty() && sender.inFlight.length === 0 && receiver.unacknowledged === 0,
    setMaxRecordBytes(bytes) {
      receiver.maxRecordBytes = bytes;
    },
  };
}

function nextPacket(
  sender: SegmentSender,
  receiver: SegmentReceiver,
  nowMs: number,
): Uint8Array<ArrayBuffer> | undefined {
  const { gapEnd } = receiver;
  receiver.gapEnd = undefined;
  if (gapEnd !== undefined) return bareAcknowledgement(receiver, { isFirst: true, sequence: gapEnd });
  const segment = takeSegment(sender, receiver.expected, nowMs);
  if (segment === undefined) {
    return isAcknowledgementDue(receiver, nowMs)
      ? bareAcknowledgement(receiver, { isFirst: false, sequence: 0 })
      : undefined;
  }
  noteAcknowledged(receiver);
  return encodeSegment(segment);
}

function bareAcknowledgement(
  receiver: SegmentReceiver,
  gap: Pick<Segment, 'isFirst' | 'sequence'>,
): Uint8Array<ArrayBuffer> {
  noteAcknowledged(receiver);
  return encodeSegment({ ...gap, isLast: false, acknowledgement: receiver.expected, payload: NO_PAYLOAD });
}

function receive(
  sender: SegmentSender,
  receiver: SegmentReceiver,
  packet: Uint8Array,
  nowMs: number,
): readonly Uint8Array[] {
  const segment = decodeSegment(packet);
  acknowledgeSegments(sender, segment.acknowledgement, nowMs);
  if (segment.payload.length > 0) return acceptSegment(receiver, segment, nowMs);
  if (segment.isFirst) fillGap(sender, segment.acknowledgement, segment.sequence);
  return [];
}

function nextDeadlineMs(sender: SegmentSender, receiver: SegmentReceiver): number | undefined {
  const timeoutAtMs = nextTimeoutMs(sender);
  if (receiver.unacknowledged === 0) return timeoutAtMs;
  return Math.min(receiver.acknowledgeAtMs, timeoutAtMs ?? Number.POSITIVE_INFINITY);
}
