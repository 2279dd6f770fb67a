/** What tests of segment streams send and expect. */
import { encodeSegment, type Segment } from '../../src/protocol/segment.js';
import { createSegmentStream, type SegmentStream } from '../../src/protocol/segment-stream.js';

export const PACKET_BYTES = 20;
export const PART_BYTES = PACKET_BYTES - 3;

export function createStream(packetBytes = PACKET_BYTES): SegmentStream {
  return createSegmentStream({ packetBytes, maxRecordBytes: 65_535 });
}

/** A stream that has had 20 segments answered after this time each. */
export function createSlowStream(roundTripMs: number): { stream: SegmentStream; nowMs: number } {
  const stream = createStream();
  let nowMs = 0;
  for (let turn = 1; turn <= 20; turn += 1) {
    stream.push(bytes(1));
    takeAll(stream, nowMs);
    nowMs += roundTripMs;
    stream.receive(bareAcknowledgement(turn), nowMs);
  }
  return { stream, nowMs };
}

/** Everything the stream has to send now. */
export function takeAll(stream: SegmentStream, nowMs = 0): Uint8Array[] {
  const packets: Uint8Array[] = [];
  for (let packet = stream.nextPacket(nowMs); packet !== undefined; packet = stream.nextPacket(nowMs))
    packets.push(packet);
  return packets;
}

export function segment(changes: Partial<Segment>): Uint8Array {
  return encodeSegment({
    isFirst: false,
    isLast: false,
    sequence: 0,
    acknowledgement: 0,
    payload: bytes(0),
    ...changes,
  });
}

export function bareAcknowledgement(acknowledgement: number): Uint8Array {
  return segment({ acknowledgement });
}

/** Says that everything from `acknowledgement` to before `sequence` is missing. */
export function gapReport(acknowledgement: number, sequence: number): Uint8Array {
  return segment({ isFirst: true, sequence, acknowledgement });
}

export function bytes(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, place) => (place * 31) & 0xff);
}
