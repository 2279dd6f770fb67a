/** What each side says of itself in the handshake, before there are frames. Rules: docs/peer-protocol.md, "Hello". */
import { decodeBody, encodeBody } from './cbor.js';
import { MAX_DEVICE_ID_BYTES, MAX_DEVICE_NAME_BYTES, MAX_EPOCH_BYTES } from './limits.js';
import { objectOf, textOf, uint32From } from './shape.js';

export interface Hello {
  /** Versions of the peer protocol that the sender speaks, both ends included; `min` is at most `max`. */
  readonly versions: { readonly min: number; readonly max: number };
  readonly deviceId: string;
  readonly deviceName: string;
  /** New on every start of the sender's broker. */
  readonly epoch: string;
}

/** The bytes of the other side are no hello. */
export class HelloError extends Error {
  override readonly name = 'HelloError';
}

const helloBody = objectOf({
  versions: objectOf({ min: uint32From(1), max: uint32From(1) }),
  deviceId: textOf(1, MAX_DEVICE_ID_BYTES),
  deviceName: textOf(0, MAX_DEVICE_NAME_BYTES),
  epoch: textOf(1, MAX_EPOCH_BYTES),
});

/** Throws RangeError for a hello that no other side would take. */
export function encodeHello(hello: Hello): Uint8Array {
  if (!isHello(helloBody.strip(hello))) throw new RangeError('device id, device name or epoch is out of bounds');
  return encodeBody(helloBody, hello);
}

/** Throws HelloError. */
export function decodeHello(bytes: Uint8Array): Hello {
  const hello = decodeBody(helloBody, bytes);
  if (hello === undefined || !isHello(hello)) throw new HelloError('the hello is malformed');
  return hello;
}

function isHello(value: Hello): boolean {
  return helloBody.isValid(value) && value.versions.min <= value.versions.max;
}
