import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SEGMENT_WINDOW } from '../../src/protocol/limits.js';
import { SegmentError } from '../../src/protocol/segment.js';
import {
  bareAcknowledgement,
  bytes,
  createStream,
  gapReport,
  PACKET_BYTES,
  PART_BYTES,
  segment,
  takeAll,
} from './packets.js';

describe('the other side breaks the rules when', () => {
  it.each<[string, Uint8Array]>([
    ['a packet is shorter than its header', bytes(2)],
    [
      'a packet is longer than the link takes',
      segment({ isFirst: true, isLast: true, payload: bytes(PART_BYTES + 1) }),
    ],
    ['it acknowledges what was never sent', bareAcknowledgement(1)],
    ['it acknowledges half the range ahead', bareAcknowledgement(1_023)],
    ['it reports a gap before what was never sent', gapReport(0, 1)],
    ['it reports a gap that ends before it begins', gapReport(0, 2_047)],
    ['a record goes on that never began', segment({ isLast: true, payload: bytes(1) })],
    ['a segment is beyond every window', segment({ isFirst: true, sequence: SEGMENT_WINDOW, payload: bytes(17) })],
    ['a segment within a record is not full', segment({ isFirst: true, payload: bytes(PART_BYTES - 1) })],
  ])('%s', (_, packet) => {
    expect(() => createStream().receive(packet, 0)).toThrow(
      expect.objectContaining({ name: 'SegmentError', reason: 'protocol-violation' }),
    );
  });

  it('it reports a gap before the segment that would be sent next', () => {
    const stream = createStream();
    stream.push(bytes(2 * PART_BYTES));
    takeAll(stream);
    expect(() => stream.receive(gapReport(0, 2), 0)).toThrow(SegmentError);
  });

  it('a record begins before the last has ended', () => {
    const stream = createStream();
    const first = segment({ isFirst: true, payload: bytes(PART_BYTES) });
    const again = segment({ isFirst: true, sequence: 1, payload: bytes(PART_BYTES) });
    stream.receive(first, 0);
    expect(() => stream.receive(again, 0)).toThrow(SegmentError);
  });

  it('a record is longer than allowed so far', () => {
    const [strict, lenient] = [createStream(), createStream()];
    lenient.setMaxRecordBytes(2 * PART_BYTES);
    for (const stream of [strict, lenient]) stream.receive(segment({ isFirst: true, payload: bytes(PART_BYTES) }), 0);
    const second = segment({ isLast: true, sequence: 1, payload: bytes(PART_BYTES) });
    strict.setMaxRecordBytes(2 * PART_BYTES - 1);
    expect(() => strict.receive(second, 0)).toThrow(SegmentError);
    expect(lenient.receive(second, 0)).toHaveLength(1);
  });

  it('anything else is wrong: no bytes end in another error', () => {
    const packets = fc.array(fc.uint8Array({ maxLength: PACKET_BYTES + 2 }), { maxLength: 50 });
    fc.assert(
      fc.property(packets, (some) => {
        const stream = createStream();
        stream.push(bytes(300));
        takeAll(stream);
        try {
          for (const packet of some) {
            stream.receive(packet, 0);
            takeAll(stream);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(SegmentError);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
