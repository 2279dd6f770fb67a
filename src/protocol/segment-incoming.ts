/** The receiving half of a segment stream: order, joining, when to acknowledge. Called by segment-stream.ts only. */
import { ACKNOWLEDGE_DELAY_MS, SEGMENT_WINDOW } from './limits.js';
import { SEGMENT_BITS, SEGMENT_HEADER_BYTES, type Segment, SegmentError, SMALLEST_PACKET_BYTES } from './segment.js';
import { addSerial, compareSerial } from './serial.js';

/** A segment that does not end its record fills at least the smallest packet; so the parts of a record are bounded. */
const SMALLEST_PART_BYTES = SMALLEST_PACKET_BYTES - SEGMENT_HEADER_BYTES;
const NO_RECORDS: readonly Uint8Array[] = [];

export interface SegmentReceiver {
  maxRecordBytes: number;
  readonly window: number;
  /** The sequence that comes next, and so the acknowledgement of every packet that leaves. */
  expected: number;
  /** Segments that arrived before `expected`, by sequence: fewer than a window. */
  readonly early: Map<number, Segment>;
  /** The oldest of `early`, to be reported as the end of a gap. */
  gapEnd: number | undefined;
  /** The beginning of a record, as views into its packets. */
  parts: Uint8Array[];
  partBytes: number;
  /** Segments that arrived since the last acknowledgement left; the first of them started its delay. */
  unacknowledged: number;
  acknowledgeAtMs: number;
}

export function createReceiver(maxRecordBytes: number, window: number): SegmentReceiver {
  return {
    maxRecordBytes,
    window,
    expected: 0,
    early: new Map(),
    gapEnd: undefined,
    parts: [],
    partBytes: 0,
    unacknowledged: 0,
    acknowledgeAtMs: 0,
  };
}

/** Takes a segment with payload; gives the records it completes. Throws SegmentError for a broken rule. */
export function acceptSegment(receiver: SegmentReceiver, segment: Segment, nowMs: number): readonly Uint8Array[] {
  const ahead = compareSerial(segment.sequence, receiver.expected, SEGMENT_BITS);
  if (ahead >= SEGMENT_WINDOW) throw violation('a segment is beyond every window');
  if (ahead > 0) {
    // Reported at once, and only once: a lost report is made good by the sender's timeout.
    if (receiver.early.size === 0) receiver.gapEnd = segment.sequence;
    receiver.early.set(segment.sequence, segment);
    return NO_RECORDS;
  }
  // A duplicate, too: its sender may not know that it arrived.
  if (receiver.unacknowledged === 0) receiver.acknowledgeAtMs = nowMs + ACKNOWLEDGE_DELAY_MS;
  receiver.unacknowledged += 1;
  if (ahead < 0) return NO_RECORDS;
  if (receiver.early.size > 0) return takeRun(receiver, segment);
  const record = take(receiver, segment);
  return record === undefined ? NO_RECORDS : [record];
}

/** Whether a bare acknowledgement has waited long enough for another packet to carry it. */
export function isAcknowledgementDue(receiver: SegmentReceiver, nowMs: number): boolean {
  const { unacknowledged, window, acknowledgeAtMs } = receiver;
  return unacknowledged > 0 && (unacknowledged >= window / 2 || nowMs >= acknowledgeAtMs);
}

/** To be called for every packet that leaves: each carries the acknowledgement. */
export function noteAcknowledged(receiver: SegmentReceiver): void {
  receiver.unacknowledged = 0;
}

/** This segment, and those that were waiting for it. */
function takeRun(receiver: SegmentReceiver, first: Segment): Uint8Array[] {
  const records: Uint8Array[] = [];
  for (
    let segment: Segment | undefined = first;
    segment !== undefined;
    segment = receiver.early.get(receiver.expected)
  ) {
    if (receiver.early.delete(segment.sequence)) receiver.unacknowledged += 1;
    const record = take(receiver, segment);
    if (record !== undefined) records.push(record);
  }
  receiver.gapEnd = firstAfter(receiver.expected, receiver.early.keys());
  return records;
}

function firstAfter(expected: number, sequences: Iterable<number>): number | undefined {
  let first: number | undefined;
  for (const sequence of sequences) {
    const ahead = compareSerial(sequence, expected, SEGMENT_BITS);
    if (first === undefined || ahead < compareSerial(first, expected, SEGMENT_BITS)) first = sequence;
  }
  return first;
}

/** Takes the segment that is expected; gives the record it ends. */
function take(receiver: SegmentReceiver, segment: Segment): Uint8Array | undefined {
  const { isFirst, isLast, payload } = segment;
  if (isFirst !== (receiver.parts.length === 0)) throw violation('a record begins or goes on where it must not');
  if (!isLast && payload.length < SMALLEST_PART_BYTES) throw violation('a segment within a record is too short');
  if (receiver.partBytes + payload.length > receiver.maxRecordBytes) throw violation('a record is too long');
  receiver.expected = addSerial(receiver.expected, 1, SEGMENT_BITS);
  if (isFirst && isLast) return payload;
  receiver.parts.push(payload);
  receiver.partBytes += payload.length;
  return isLast ? join(receiver) : undefined;
}

function join(receiver: SegmentReceiver): Uint8Array {
  const record = new Uint8Array(receiver.partBytes);
  let start = 0;
  for (const part of receiver.parts) {
    record.set(part, start);
    start += part.length;
  }
  receiver.parts = [];
  receiver.partBytes = 0;
  return record;
}

function violation(detail: string): SegmentError {
  return new SegmentError('protocol-violation', detail);
}
