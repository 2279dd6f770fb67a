import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { readData } from '../../src/protocol/data-argument.js';
import { connectedPair, createStage } from './fixture.js';
import { loose, outcomeOf } from './outcome.js';

const BYTES = [1, 2, 3, 4, 5, 6, 7, 8];
const REFUSED = 'throws 401 invalidParameter';

/** Eight bytes within sixteen, so that whoever looks past the window is seen. */
function window(): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(0xee, 0xee, 0xee, 0xee, ...BYTES, 0xee, 0xee, 0xee, 0xee).subarray(4, 12);
}

/** As `code` makes it where nothing is of this realm: a function node of Node-RED, a test of jest. */
function foreign(code: string): unknown {
  return runInNewContext(`const bytes = [${BYTES}]; ${code}`);
}

/** A resizable one, which the compiler does not know yet. */
function resizable(bytes: readonly number[]): ArrayBuffer & { resize(bytes: number): void } {
  const buffer = Reflect.construct(ArrayBuffer, [bytes.length, { maxByteLength: 64 }]);
  new Uint8Array(buffer).set(bytes);
  return buffer;
}

/** Everything that holds these eight bytes and no others. */
const TAKEN: readonly (readonly [what: string, make: () => unknown])[] = [
  ['an ArrayBuffer', () => Uint8Array.from(BYTES).buffer],
  ['an ArrayBuffer of another realm', () => foreign('Uint8Array.from(bytes).buffer')],
  ['a Buffer', () => Buffer.from(BYTES)],
  ['a part of a Uint8Array', () => window()],
  ['a DataView', () => new DataView(window().buffer, 4, 8)],
  ['words of two bytes', () => new Uint16Array(window().buffer, 4, 4)],
  ['numbers of eight bytes', () => new Float64Array(Uint8Array.from(BYTES).buffer)],
  ['a BigInt64Array', () => new BigInt64Array(Uint8Array.from(BYTES).buffer)],
  ['a Uint8ClampedArray', () => Uint8ClampedArray.from(BYTES)],
  ['a view of another realm', () => foreign('new Uint8Array([9, ...bytes, 9]).subarray(1, 9)')],
  ['a DataView of another realm', () => foreign('new DataView(new Uint8Array([9, ...bytes, 9]).buffer, 1, 8)')],
  [
    'a view of this realm on a buffer of another',
    () => new Uint8Array(Object(foreign('Uint8Array.from(bytes).buffer'))),
  ],
  ['a resizable ArrayBuffer', () => resizable(BYTES)],
  ['a view that grows with its buffer', () => growing()],
];

function growing(): Uint8Array {
  const buffer = resizable(BYTES.slice(0, 4));
  const view = new Uint8Array(buffer);
  buffer.resize(8);
  view.set(BYTES);
  return view;
}

const NOT_TAKEN: readonly (readonly [what: string, make: () => unknown])[] = [
  ['shared memory', () => new SharedArrayBuffer(8)],
  ['a view of shared memory', () => new Uint8Array(new SharedArrayBuffer(8))],
  ['shared memory of another realm', () => foreign('new SharedArrayBuffer(8)')],
  ['a buffer that was transferred', () => transferred().buffer],
  ['a view of a buffer that was transferred', () => transferred()],
  [
    'a DataView of a buffer that was transferred',
    () => {
      const view = new DataView(new ArrayBuffer(8));
      structuredClone(view.buffer, { transfer: [view.buffer] });
      return view;
    },
  ],
  [
    'a DataView that its buffer no longer covers',
    () => {
      const buffer = resizable(BYTES);
      const view = new DataView(buffer, 4, 4);
      buffer.resize(2);
      return view;
    },
  ],
  ['a view of nothing', () => window().subarray(3, 3)],
  ['what only says that it is an ArrayBuffer', () => ({ byteLength: 8, [Symbol.toStringTag]: 'ArrayBuffer' })],
  ['a thing made of the prototype', () => Object.create(ArrayBuffer.prototype)],
  ['a proxy of an ArrayBuffer', () => new Proxy(new ArrayBuffer(8), {})],
  ['a list of numbers', () => BYTES],
  ['a Blob', () => new Blob([window()])],
];

function transferred(): Uint8Array<ArrayBuffer> {
  const view = Uint8Array.from(BYTES);
  structuredClone(view.buffer, { transfer: [view.buffer] });
  return view;
}

describe.each([true, false])('sendData (sealed: %s)', (isSealed) => {
  it('sends exactly the bytes of whatever holds bytes', async () => {
    const { kitchen, phone } = await connectedPair(await createStage({ isSealed }));
    for (const [what, make] of TAKEN) {
      const outcome = await outcomeOf(() => loose(kitchen.manager)['sendData']?.(kitchen.sessionId, make()));
      expect([what, outcome]).toEqual([what, 'resolves undefined']);
      const { data } = await phone.heard.receiveData.next();
      expect([what, data instanceof ArrayBuffer, [...new Uint8Array(data ?? new ArrayBuffer(0))]]).toEqual([
        what,
        true,
        BYTES,
      ]);
    }
  });

  it('sends them as they were at the call, of a view and of a resizable buffer, too', async () => {
    const { kitchen, phone } = await connectedPair(await createStage({ isSealed }));
    const [view, buffer] = [window(), resizable(BYTES)];
    const sending = [view, buffer].map((data) => kitchen.manager.sendData(kitchen.sessionId, data));
    view.fill(0);
    buffer.resize(1);
    await Promise.all(sending);
    expect(phone.heard.receiveData.all.map(({ data }) => [...new Uint8Array(data ?? new ArrayBuffer(0))])).toEqual([
      BYTES,
      BYTES,
    ]);
  });
});

describe('sendData', () => {
  it.each(NOT_TAKEN)('throws 401 on %s, and sends nothing', async (_, make) => {
    const { kitchen, phone } = await connectedPair(await createStage());
    expect(await outcomeOf(() => loose(kitchen.manager)['sendData']?.(kitchen.sessionId, make()))).toBe(REFUSED);
    await kitchen.manager.sendMessage(kitchen.sessionId, 'after');
    expect(phone.heard.receiveData.all).toEqual([]);
  });

  it('throws 401 on the pool behind a Buffer, with what others have in it, and says what to give', () => {
    let small = Buffer.from('hello');
    // The one that fills the pool to its end cannot be told from any other buffer.
    while (small.byteOffset > Buffer.poolSize / 2) small = Buffer.from('hello');
    expect(small.buffer.byteLength).toBe(Buffer.poolSize);
    expect(() => readData(small.buffer)).toThrow(/give the Buffer, not its \.buffer/);
    expect(readData(small)).toEqual(new Uint8Array(small));
    expect(readData(new ArrayBuffer(Buffer.poolSize))).toHaveLength(Buffer.poolSize);
  });
});
