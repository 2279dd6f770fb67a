import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Frame, OpenFrame } from '../../src/protocol/frame.js';
import { decodeFrames, encodeFrames, FrameError, frameBytes } from '../../src/protocol/frame-codec.js';
import { MAX_PARAMETERS_BYTES } from '../../src/protocol/limits.js';
import { arbitraryFrame, damaged } from './arbitrary.js';
import { fromHex, type Refused, readVectors, toHex } from './vectors.js';

interface FrameVectors {
  readonly records: readonly {
    readonly name: string;
    readonly hex: string;
    readonly frames: readonly WrittenFrame[];
  }[];
  readonly refused: readonly Refused[];
}
/** In the file, payloads are hexadecimal. */
type WrittenFrame =
  | Exclude<Frame, { type: 'data' }>
  | (Extract<Frame, { type: 'data' }> & { readonly payload: string });

const vectors = readVectors<FrameVectors>('frames');
const records = vectors.records.map(({ name, hex, frames }) => ({ name, hex, frames: frames.map(revive) }));

describe('frames', () => {
  it.each(records)('are written as in the vector $name', ({ hex, frames }) => {
    expect(toHex(encodeFrames(frames))).toBe(hex);
  });

  it.each(records)('are read as in the vector $name', ({ hex, frames }) => {
    expect(decodeFrames(fromHex(hex))).toEqual(frames);
  });

  it.each(vectors.refused)('are refused with $name', ({ hex }) => {
    expect(() => decodeFrames(fromHex(hex))).toThrow(FrameError);
  });

  it('read back as they were written', () => {
    fc.assert(
      fc.property(fc.array(arbitraryFrame, { maxLength: 8 }), (frames) => {
        expect(decodeFrames(encodeFrames(frames))).toEqual(frames);
      }),
    );
  });

  it('know their size beforehand', () => {
    fc.assert(
      fc.property(fc.array(arbitraryFrame, { maxLength: 8 }), (frames) => {
        const bytes = frames.reduce((sum, frame) => sum + frameBytes(frame), 0);
        expect(encodeFrames(frames)).toHaveLength(bytes);
      }),
    );
  });

  it('never crash their reader, whatever the bytes', () => {
    const anyBytes = fc.uint8Array({ maxLength: 600 });
    const almostFrames = damaged(fc.array(arbitraryFrame, { minLength: 1, maxLength: 4 }).map(encodeFrames));
    const almostBodies = fc.tuple(fc.integer({ min: 1, max: 6 }), anyBytes).map(([type, body]) => frameOf(type, body));
    fc.assert(
      fc.property(fc.oneof(anyBytes, almostFrames, almostBodies), (bytes) => {
        expect(errorOf(() => decodeFrames(bytes))).toSatisfy(isFrameErrorOrNothing);
      }),
      { numRuns: 2_000 },
    );
  });

  it('are refused when their body nests without end', () => {
    expect(() => decodeFrames(frameOf(1, new Uint8Array(60_000).fill(0x81)))).toThrow(FrameError);
    expect(() => decodeFrames(frameOf(1, new Uint8Array(60_000).fill(0xa1)))).toThrow(FrameError);
  });
});

describe('a frame', () => {
  it('may be as large as the limits of all its names allow', () => {
    const name = '🍅'.repeat(255);
    const keys = Array.from({ length: 1_000 }, (_, index) => `${1_000 + index}`);
    const app = { bundleName: name, moduleName: name, abilityName: name };
    const open = openFrame({ serviceName: name, source: app, sink: app, parameters: fill(keys, MAX_PARAMETERS_BYTES) });
    expect(decodeFrames(encodeFrames([open]))).toEqual([open]);
  });

  it('keeps a parameter that is named like a prototype', () => {
    const parameters: unknown = JSON.parse('{"__proto__":"a","constructor":"b"}');
    const open = openFrame({ parameters: parameters as Record<string, string> }); // the text above holds strings only
    const [read] = decodeFrames(encodeFrames([open]));
    expect(read?.type === 'open' && Object.entries(read.options.parameters)).toEqual(
      expect.arrayContaining([
        ['__proto__', 'a'],
        ['constructor', 'b'],
      ]),
    );
  });

  it('leaves out what its type does not name', () => {
    const sink = { bundleName: 'b', moduleName: 'm', abilityName: 'a' };
    const more = { ...sink, deviceId: 'garden' };
    expect(decodeFrames(encodeFrames([openFrame({ sink: more })]))).toEqual([openFrame({ sink })]);
  });

  it('gives its payload as a view into the record, wherever that lies', () => {
    const data: Frame = { ...dataFrame, payload: Uint8Array.of(1, 2, 3) };
    const memory = new Uint8Array(100);
    memory.set(encodeFrames([data]), 7);
    const [read] = decodeFrames(memory.subarray(7, 7 + frameBytes(data)));
    expect(read).toEqual(data);
    expect(read?.type === 'data' && read.payload.buffer).toBe(memory.buffer);
  });

  it('is not written when it is too long for its length', () => {
    const longest = 0xffff - 13;
    expect(decodeFrames(encodeFrames([{ ...dataFrame, payload: new Uint8Array(longest) }]))).toHaveLength(1);
    expect(() => encodeFrames([{ ...dataFrame, payload: new Uint8Array(longest + 1) }])).toThrow(RangeError);
  });

  it('is not written when its text has another length than it says', () => {
    const text: Frame = { type: 'text', session: 100, sequence: 1, acknowledgement: 0, text: 'über', bytes: 5 };
    expect(decodeFrames(encodeFrames([text]))).toEqual([text]);
    expect(() => encodeFrames([{ ...text, bytes: 4 }])).toThrow(RangeError);
    expect(() => encodeFrames([{ ...text, bytes: 6 }])).toThrow(RangeError);
  });
});

const dataFrame = { type: 'data', session: 100, sequence: 1, acknowledgement: 0, isFirst: true, isLast: true } as const;

function openFrame(
  changes: Partial<Pick<OpenFrame, 'serviceName' | 'source' | 'sink'>> & { parameters?: Record<string, string> },
): OpenFrame {
  const { parameters = {}, ...others } = changes;
  const app = { bundleName: 'b', moduleName: 'm', abilityName: 'a' };
  const options = {
    needSendData: true,
    needSendStream: false,
    needReceiveStream: false,
    startOptions: 0,
    parameters,
  } as const;
  return {
    type: 'open',
    session: 0,
    from: 100,
    token: '0'.repeat(32),
    serviceName: 's',
    source: app,
    sink: app,
    options,
    ...others,
  };
}

/** These keys, with texts that make them as long together as allowed. */
function fill(keys: readonly string[], totalBytes: number): Record<string, string> {
  const rest = totalBytes - keys.join('').length;
  return Object.fromEntries(keys.map((key, index) => [key, index === 0 ? 'v'.repeat(rest) : '']));
}

/** A record of one frame with this type byte and body. */
function frameOf(type: number, body: Uint8Array): Uint8Array {
  const record = new Uint8Array(15 + body.length);
  new DataView(record.buffer).setUint16(0, 13 + body.length);
  record[2] = type;
  record.set(body, 15);
  return record;
}

function revive(frame: WrittenFrame): Frame {
  return frame.type === 'data' ? { ...frame, payload: fromHex(frame.payload) } : frame;
}

function errorOf(call: () => unknown): unknown {
  try {
    call();
    return undefined;
  } catch (error) {
    return error;
  }
}

function isFrameErrorOrNothing(error: unknown): boolean {
  return error === undefined || error instanceof FrameError;
}
