/** Reads what sendData is given: an ArrayBuffer of any realm, or any view of one. */
import { invalid, readSafely } from './arguments.js';
import { MAX_DATA_BYTES } from './limits.js';

/**
 * Exactly the bytes that were given, in place: a copy is the caller's business. Throws BrokerError 401 for anything else, for no bytes, for
 * too many, and for shared memory, which another thread may change while it is read.
 */
export function readData(value: unknown): Uint8Array<ArrayBuffer> {
  const data = readSafely('data', () => bytesOf(value));
  if (data === undefined)
    throw invalid('data must be an ArrayBuffer or a view of one; shared memory must be copied first.');
  if (data.length === 0) throw invalid('data must not be empty, nor a buffer that was transferred.');
  if (data.length >= MAX_DATA_BYTES) throw invalid(`data must be below ${MAX_DATA_BYTES} bytes, got ${data.length}.`);
  if (isPoolOfBuffers(value)) {
    throw invalid(
      'data is the pool that Buffers are cut from, with what others have in it: give the Buffer, not its .buffer.',
    );
  }
  return data;
}

/** Undefined for what holds no bytes of its own. A view that its buffer no longer covers throws, or has none. */
function bytesOf(value: unknown): Uint8Array<ArrayBuffer> | undefined {
  if (ArrayBuffer.isView(value)) {
    const { buffer, byteOffset, byteLength } = value;
    return isArrayBuffer(buffer) ? new Uint8Array(buffer, byteOffset, byteLength) : undefined;
  }
  // With its length, or the view would grow with a resizable buffer.
  return isArrayBuffer(value) ? new Uint8Array(value, 0, byteLengthOf(value)) : undefined;
}

/** `instanceof` knows the ArrayBuffers of its own realm only: a test runner, a vm and a frame have others. */
function isArrayBuffer(value: unknown): value is ArrayBuffer {
  try {
    byteLengthOf(value);
    return true;
  } catch {
    return false;
  }
}

/** Throws TypeError for everything but an ArrayBuffer, shared ones included. Source: ECMA-262, get ArrayBuffer.prototype.byteLength. */
function byteLengthOf(value: unknown): number {
  return Reflect.get(ArrayBuffer.prototype, 'byteLength', value);
}

/** Sure where it says yes: nobody owns the whole pool. A pool that is used up by now looks like any other buffer. */
function isPoolOfBuffers(value: unknown): boolean {
  const { Buffer: buffers } = globalThis as { readonly Buffer?: typeof Buffer }; // none in browsers
  if (buffers === undefined || ArrayBuffer.isView(value)) return false;
  return buffers.poolSize === byteLengthOf(value) && buffers.allocUnsafe(1).buffer === value;
}
