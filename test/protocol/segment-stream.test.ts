import { describe, expect, it } from 'vitest';
import { ACKNOWLEDGE_DELAY_MS, SEGMENT_WINDOW } from '../../src/protocol/limits.js';
import { decodeSegment } from '../../src/protocol/segment.js';
import { createSegmentStream } from '../../src/protocol/segment-stream.js';
import { bareAcknowledgement, bytes, createStream, gapReport, PART_BYTES, segment, takeAll } from './packets.js';

describe('a segment stream', () => {
  it('cuts a record so that every packet but the last is full', () => {
    const stream = createStream(244);
    stream.push(bytes(500));
    expect(takeAll(stream).map((packet) => packet.length)).toEqual([244, 244, 3 + 500 - 2 * 241]);
  });

  it('sends no more than its window until it hears of their arrival', () => {
    const [left, right] = [createStream(), createStream()];
    left.push(bytes(100 * PART_BYTES));
    const sent = takeAll(left);
    expect(sent).toHaveLength(SEGMENT_WINDOW);
    for (const packet of sent.slice(0, 40)) right.receive(packet, 0);
    for (const packet of takeAll(right)) left.receive(packet, 0);
    expect(takeAll(left)).toHaveLength(36);
  });

  it('says how much waits and when nothing is left to do', () => {
    const [left, right] = [createStream(), createStream()];
    expect(left.isIdle()).toBe(true);
    left.push(bytes(PART_BYTES + 5));
    expect([left.queuedBytes(), left.isIdle()]).toEqual([PART_BYTES + 5, false]);
    const [first, second] = takeAll(left);
    expect([left.queuedBytes(), left.isIdle()]).toEqual([0, false]);
    for (const packet of [first, second]) right.receive(packet ?? bytes(0), 0);
    expect(right.isIdle()).toBe(false);
    for (const packet of takeAll(right, ACKNOWLEDGE_DELAY_MS)) left.receive(packet, ACKNOWLEDGE_DELAY_MS);
    expect([left.isIdle(), right.isIdle()]).toEqual([true, true]);
    expect(left.nextDeadlineMs()).toBeUndefined();
  });

  it('gives a record of one segment as a view into its packet', () => {
    const packet = segment({ isFirst: true, isLast: true, payload: bytes(5) });
    expect(createStream().receive(packet, 0)[0]?.buffer).toBe(packet.buffer);
  });

  it('takes no empty record, and no packet size or window out of bounds', () => {
    expect(() => createStream().push(bytes(0))).toThrow(RangeError);
    expect(() => createStream(19)).toThrow(RangeError);
    for (const window of [0, SEGMENT_WINDOW + 1]) {
      expect(() => createSegmentStream({ packetBytes: 20, window, maxRecordBytes: 100 })).toThrow(RangeError);
    }
  });
});

describe('acknowledgements of segments', () => {
  it('ride on a packet that leaves anyway', () => {
    const stream = createStream();
    stream.receive(segment({ isFirst: true, isLast: true, payload: bytes(1) }), 0);
    stream.push(bytes(1));
    expect(takeAll(stream, 0).map((packet) => decodeSegment(packet).acknowledgement)).toEqual([1]);
    expect(takeAll(stream, ACKNOWLEDGE_DELAY_MS)).toEqual([]);
  });

  it('leave alone when nothing carried them within the delay', () => {
    const stream = createStream();
    stream.receive(segment({ isFirst: true, isLast: true, payload: bytes(1) }), 100);
    expect(takeAll(stream, 100 + ACKNOWLEDGE_DELAY_MS - 1)).toEqual([]);
    expect(stream.nextDeadlineMs()).toBe(100 + ACKNOWLEDGE_DELAY_MS);
    expect(takeAll(stream, 100 + ACKNOWLEDGE_DELAY_MS)).toEqual([bareAcknowledgement(1)]);
  });

  it('wait no longer when more arrives meanwhile', () => {
    const stream = createStream();
    stream.receive(segment({ isFirst: true, isLast: true, payload: bytes(1) }), 100);
    stream.receive(segment({ isFirst: true, isLast: true, sequence: 1, payload: bytes(1) }), 110);
    expect(stream.nextDeadlineMs()).toBe(100 + ACKNOWLEDGE_DELAY_MS);
  });

  it('leave at once after half a window', () => {
    const stream = createStream();
    for (let sequence = 0; sequence < SEGMENT_WINDOW / 2; sequence += 1) {
      expect(takeAll(stream)).toEqual([]);
      stream.receive(segment({ isFirst: true, isLast: true, sequence, payload: bytes(1) }), 0);
    }
    expect(takeAll(stream)).toEqual([bareAcknowledgement(SEGMENT_WINDOW / 2)]);
  });

  it('leave at once when a gap is filled before half a window', () => {
    const stream = createStream();
    const count = SEGMENT_WINDOW / 2;
    for (let sequence = count - 1; sequence >= 0; sequence -= 1) {
      stream.receive(segment({ isFirst: true, isLast: true, sequence, payload: bytes(1) }), 0);
      if (sequence > 0) takeAll(stream);
    }
    expect(takeAll(stream)).toEqual([bareAcknowledgement(count)]);
  });

  it('report a gap at once, and only once', () => {
    const stream = createStream();
    for (const sequence of [1, 2, 3]) {
      stream.receive(segment({ isFirst: true, isLast: true, sequence, payload: bytes(1) }), 0);
    }
    expect(takeAll(stream)).toEqual([gapReport(0, 1)]);
    stream.receive(segment({ isFirst: true, isLast: true, sequence: 4, payload: bytes(1) }), 0);
    expect(takeAll(stream)).toEqual([]);
  });

  it('report the next gap when the last one is filled', () => {
    const stream = createStream();
    const packet = (sequence: number) => segment({ isFirst: true, isLast: true, sequence, payload: bytes(1) });
    for (const sequence of [5, 2, 4]) stream.receive(packet(sequence), 0);
    expect(takeAll(stream)).toEqual([gapReport(0, 5)]);
    expect(stream.receive(packet(1), 0)).toEqual([]);
    expect(stream.receive(packet(0), 0)).toHaveLength(3);
    expect(takeAll(stream)).toEqual([gapReport(3, 4)]);
    expect(stream.receive(packet(3), 0)).toHaveLength(3);
    expect(takeAll(stream)).toEqual([]);
    expect(takeAll(stream, ACKNOWLEDGE_DELAY_MS)).toEqual([bareAcknowledgement(6)]);
  });

  it('are repeated for a segment that came twice', () => {
    const stream = createStream();
    const packet = segment({ isFirst: true, isLast: true, payload: bytes(1) });
    expect(stream.receive(packet, 0)).toHaveLength(1);
    takeAll(stream, ACKNOWLEDGE_DELAY_MS);
    expect(stream.receive(packet, 50)).toHaveLength(0);
    expect(takeAll(stream, 50 + ACKNOWLEDGE_DELAY_MS)).toEqual([bareAcknowledgement(1)]);
  });
});
