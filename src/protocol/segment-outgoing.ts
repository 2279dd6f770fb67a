/** The sending half of a segment stream: cutting, the window, what to send again. Called by segment-stream.ts only. */
import Denque from 'denque';
import { MAX_TRANSMISSIONS, RETRANSMIT_FIRST_MS, RETRANSMIT_LONGEST_MS } from './limits.js';
import { SEGMENT_BITS, SEGMENT_HEADER_BYTES, type Segment, SegmentError } from './segment.js';
import { addSerial, compareSerial } from './serial.js';

interface SentSegment {
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly payload: Uint8Array;
  /** Of the first transmission. */
  readonly sentAtMs: number;
  isResent: boolean;
}

export interface SegmentSender {
  readonly payloadBytes: number;
  readonly window: number;
  /** Records that are not wholly cut yet, and how much of the first is. */
  readonly records: Denque<Uint8Array>;
  cutBytes: number;
  queuedBytes: number;
  /** Sent and not acknowledged, oldest first. */
  readonly inFlight: SentSegment[];
  /** Sequence of the oldest in flight, or of the next to come. */
  base: number;
  /** Places in `inFlight` that go out again, before anything new: from the first to before the second. */
  resendFrom: number;
  resendTo: number;
  /** Whether a report of the gap at `base` was followed; further copies of it change nothing. */
  isGapFilled: boolean;
  /** Timeouts since the last progress. */
  timeouts: number;
  timeoutAtMs: number;
  /** How long to wait for progress: doubles with each timeout, until a round trip is measured again. */
  waitMs: number;
  /** Smoothed round trip and its variation; undefined before the first measurement. */
  roundTripMs: number | undefined;
  variationMs: number;
}

export function createSender(packetBytes: number, window: number): SegmentSender {
  return {
    payloadBytes: packetBytes - SEGMENT_HEADER_BYTES,
    window,
    records: new Denque(),
    cutBytes: 0,
    queuedBytes: 0,
    inFlight: [],
    base: 0,
    resendFrom: 0,
    resendTo: 0,
    isGapFilled: false,
    timeouts: 0,
    timeoutAtMs: 0,
    waitMs: RETRANSMIT_FIRST_MS,
    roundTripMs: undefined,
    variationMs: 0,
  };
}

/** The next segment within the window, again or for the first time; counts as sent. Throws SegmentError 'silent'. */
export function takeSegment(sender: SegmentSender, acknowledgement: number, nowMs: number): Segment | undefined {
  const timeoutAtMs = nextTimeoutMs(sender);
  if (timeoutAtMs !== undefined && nowMs >= timeoutAtMs) timeOut(sender);
  const isResent = sender.resendFrom < sender.resendTo;
  const place = isResent ? sender.resendFrom : sender.inFlight.length;
  const segment = isResent ? sender.inFlight[place] : cut(sender, nowMs);
  if (segment === undefined) return undefined;
  if (isResent) {
    segment.isResent = true;
    sender.resendFrom += 1;
  }
  if (place === 0) sender.timeoutAtMs = nowMs + sender.waitMs;
  const { isFirst, isLast, payload } = segment;
  return { isFirst, isLast, sequence: addSerial(sender.base, place, SEGMENT_BITS), acknowledgement, payload };
}

/** Lets go of what the other side has. Stale news change nothing; throws SegmentError for what was never sent. */
export function acknowledgeSegments(sender: SegmentSender, acknowledgement: number, nowMs: number): void {
  const count = compareSerial(acknowledgement, sender.base, SEGMENT_BITS);
  if (count > sender.inFlight.length) {
    throw new SegmentError('protocol-violation', 'acknowledges a segment that was never sent');
  }
  if (count <= 0) return;
  const newest = sender.inFlight[count - 1];
  // Karn's algorithm: what was sent twice tells nothing about the round trip.
  if (newest?.isResent === false) measure(sender, nowMs - newest.sentAtMs);
  sender.inFlight.splice(0, count);
  sender.base = acknowledgement;
  sender.resendFrom = Math.max(0, sender.resendFrom - count);
  sender.resendTo = Math.max(0, sender.resendTo - count);
  sender.isGapFilled = false;
  sender.timeouts = 0;
  sender.timeoutAtMs = nowMs + sender.waitMs;
}

/** Takes the report of a gap, after its acknowledgement: what is missing goes out again. Throws SegmentError for a gap that cannot be. */
export function fillGap(sender: SegmentSender, acknowledgement: number, sequence: number): void {
  if (acknowledgement !== sender.base || sender.isGapFilled) return;
  const missing = compareSerial(sequence, acknowledgement, SEGMENT_BITS);
  if (missing <= 0 || missing >= sender.inFlight.length) {
    throw new SegmentError('protocol-violation', 'reports a gap before a segment that was never sent');
  }
  sender.isGapFilled = true;
  sender.resendFrom = 0;
  sender.resendTo = missing;
}

/** When to send again unless an acknowledgement comes; undefined while nothing is out. */
export function nextTimeoutMs(sender: SegmentSender): number | undefined {
  const isOldestOut = sender.inFlight.length > 0 && !(sender.resendFrom === 0 && sender.resendTo > 0);
  return isOldestOut ? sender.timeoutAtMs : undefined;
}

/** Goes back to the oldest segment: nothing is known of those after it. */
function timeOut(sender: SegmentSender): void {
  sender.timeouts += 1;
  if (sender.timeouts >= MAX_TRANSMISSIONS) {
    throw new SegmentError('silent', `a segment was sent ${MAX_TRANSMISSIONS} times without an acknowledgement`);
  }
  sender.waitMs = clampWait(2 * sender.waitMs);
  sender.resendFrom = 0;
  sender.resendTo = sender.inFlight.length;
}

function cut(sender: SegmentSender, nowMs: number): SentSegment | undefined {
  const record = sender.records.peekFront();
  if (record === undefined || sender.inFlight.length >= sender.window) return undefined;
  const start = sender.cutBytes;
  const end = Math.min(start + sender.payloadBytes, record.length);
  const isLast = end === record.length;
  const payload = record.subarray(start, end);
  const segment = { isFirst: start === 0, isLast, payload, sentAtMs: nowMs, isResent: false };
  sender.cutBytes = isLast ? 0 : end;
  sender.queuedBytes -= payload.length;
  if (isLast) sender.records.shift();
  sender.inFlight.push(segment);
  return segment;
}

/** Source: RFC 6298, section 2. */
function measure(sender: SegmentSender, sampleMs: number): void {
  const { roundTripMs = sampleMs, variationMs } = sender;
  const isFirst = sender.roundTripMs === undefined;
  sender.variationMs = isFirst ? sampleMs / 2 : variationMs + (Math.abs(roundTripMs - sampleMs) - variationMs) / 4;
  sender.roundTripMs = roundTripMs + (sampleMs - roundTripMs) / 8;
  sender.waitMs = clampWait(sender.roundTripMs + 4 * sender.variationMs);
}

function clampWait(waitMs: number): number {
  return Math.min(Math.max(waitMs, RETRANSMIT_FIRST_MS), RETRANSMIT_LONGEST_MS);
}
