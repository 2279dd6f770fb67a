import { describe, expect, it } from 'vitest';
import { MAX_TRANSMISSIONS, RETRANSMIT_FIRST_MS, RETRANSMIT_LONGEST_MS } from '../../src/protocol/limits.js';
import { decodeSegment } from '../../src/protocol/segment.js';
import {
  bareAcknowledgement,
  bytes,
  createSlowStream,
  createStream,
  gapReport,
  PART_BYTES,
  segment,
  takeAll,
} from './packets.js';

describe('what was lost', () => {
  it('is sent again after a report of the gap, once per gap', () => {
    const stream = createStream();
    stream.push(bytes(6 * PART_BYTES));
    const sent = takeAll(stream);
    stream.receive(gapReport(0, 2), 1);
    expect(takeAll(stream, 1)).toEqual(sent.slice(0, 2));
    stream.receive(gapReport(0, 2), 2);
    expect(takeAll(stream, 2)).toEqual([]);
    stream.receive(gapReport(3, 5), 3);
    expect(takeAll(stream, 3)).toEqual(sent.slice(3, 5));
  });

  it('is sent again before anything new', () => {
    const stream = createStream();
    stream.push(bytes(2 * PART_BYTES));
    const sent = takeAll(stream);
    stream.push(bytes(1));
    stream.receive(gapReport(0, 1), 1);
    expect(takeAll(stream, 1)).toEqual([
      sent[0],
      segment({ isFirst: true, isLast: true, sequence: 2, payload: bytes(1) }),
    ]);
  });

  it('is sent again with the acknowledgement of the day', () => {
    const stream = createStream();
    stream.push(bytes(PART_BYTES + 1));
    takeAll(stream);
    stream.receive(segment({ isFirst: true, isLast: true, payload: bytes(1) }), 0);
    stream.receive(gapReport(0, 1), 1);
    expect(takeAll(stream).map((packet) => decodeSegment(packet).acknowledgement)).toEqual([1]);
  });

  it('is sent again from the oldest on when nothing is heard', () => {
    const stream = createStream();
    stream.push(bytes(3 * PART_BYTES));
    const sent = takeAll(stream);
    expect(takeAll(stream, RETRANSMIT_FIRST_MS - 1)).toEqual([]);
    expect(takeAll(stream, RETRANSMIT_FIRST_MS)).toEqual(sent);
  });

  it('does not count as timed out while the link is too busy to take it', () => {
    const stream = createStream();
    stream.push(bytes(3 * PART_BYTES));
    const sent = takeAll(stream);
    stream.receive(gapReport(0, 1), 1);
    expect(stream.nextDeadlineMs()).toBeUndefined();
    expect(takeAll(stream, 2 * RETRANSMIT_FIRST_MS)).toEqual(sent.slice(0, 1));
    expect(stream.nextDeadlineMs()).toBe(3 * RETRANSMIT_FIRST_MS);
  });

  it('is not sent again once it is acknowledged on the way, and the rest is', () => {
    const stream = createStream();
    stream.push(bytes(4 * PART_BYTES));
    const sent = takeAll(stream);
    expect(stream.nextPacket(RETRANSMIT_FIRST_MS)).toEqual(sent[0]);
    stream.receive(bareAcknowledgement(2), RETRANSMIT_FIRST_MS);
    expect(takeAll(stream, RETRANSMIT_FIRST_MS)).toEqual(sent.slice(2));
  });

  it('may be sent any number of times while something gets through', () => {
    const stream = createStream();
    stream.push(bytes(4 * PART_BYTES));
    takeAll(stream);
    let nowMs = 0;
    for (let acknowledged = 1; acknowledged <= 3; acknowledged += 1) {
      for (let transmission = 2; transmission <= MAX_TRANSMISSIONS; transmission += 1) {
        nowMs = stream.nextDeadlineMs() ?? Number.NaN;
        expect(takeAll(stream, nowMs)).toHaveLength(5 - acknowledged);
      }
      stream.receive(bareAcknowledgement(acknowledged), nowMs);
    }
  });

  it('is sent again after ever longer waits, then the other side counts as silent', () => {
    const stream = createStream();
    stream.push(bytes(1));
    expect(takeAll(stream)).toHaveLength(1);
    const waits: number[] = [];
    let nowMs = 0;
    for (let transmission = 2; transmission <= MAX_TRANSMISSIONS; transmission += 1) {
      const deadlineMs = stream.nextDeadlineMs() ?? Number.NaN;
      expect(takeAll(stream, deadlineMs - 1)).toEqual([]);
      waits.push(deadlineMs - nowMs);
      nowMs = deadlineMs;
      expect(takeAll(stream, nowMs)).toHaveLength(1);
    }
    const doubled = waits.map((_, index) => Math.min(RETRANSMIT_FIRST_MS * 2 ** index, RETRANSMIT_LONGEST_MS));
    expect(waits).toEqual(doubled);
    expect(() => takeAll(stream, nowMs + RETRANSMIT_LONGEST_MS)).toThrow(
      expect.objectContaining({ name: 'SegmentError', reason: 'silent' }),
    );
  });

  it('waits for longer than the round trip of a slow link', () => {
    const { stream, nowMs } = createSlowStream(600);
    stream.push(bytes(1));
    takeAll(stream, nowMs);
    expect(stream.nextDeadlineMs()).toBeGreaterThan(nowMs + 600);
    expect(stream.nextDeadlineMs()).toBeLessThan(nowMs + 1_000);
  });

  it('takes no measure of the round trip, as nobody knows which of its transmissions was answered', () => {
    const { stream, nowMs } = createSlowStream(600);
    stream.push(bytes(1));
    takeAll(stream, nowMs);
    const deadlineMs = stream.nextDeadlineMs() ?? Number.NaN;
    takeAll(stream, deadlineMs);
    stream.receive(bareAcknowledgement(21), deadlineMs + 1);
    stream.push(bytes(1));
    takeAll(stream, deadlineMs + 1);
    expect(stream.nextDeadlineMs()).toBe(deadlineMs + 1 + 2 * (deadlineMs - nowMs));
  });
});

describe('news that are old', () => {
  it('change nothing', () => {
    const stream = createStream();
    stream.push(bytes(4 * PART_BYTES));
    takeAll(stream);
    stream.receive(bareAcknowledgement(3), 0);
    stream.receive(bareAcknowledgement(1), 0);
    stream.receive(gapReport(1, 2), 0);
    expect(takeAll(stream)).toEqual([]);
  });
});
