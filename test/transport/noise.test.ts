/** Both sides of the handshake, against a package that Tandem does not use. */
import NoiseState from 'noise-handshake';
import CipherState from 'noise-handshake/cipher.js';
import { describe, expect, it } from 'vitest';
import { encodeHello } from '../../src/protocol/hello.js';
import { hex, patternBytes } from '../../src/transport/contract/stage.js';
import { createDeviceKeys } from '../../src/transport/device-keys.js';
import { createSealer } from '../../src/transport/sealer.js';
import { createHandshake, type Established, type Handshake } from '../../src/transport/secure.js';
import { helloOf, termsOf } from '../support/by-hand.js';
import { accountKey } from '../support/identities.js';

describe('the handshake', () => {
  it.each([true, false])('agrees with another implementation (as the dialler: %s)', (isDialler) => {
    const other = new NoiseState('XXpsk0', !isDialler, createDeviceKeys(), { psk: accountKey });
    other.initialise(Buffer.from('tandem peer handshake 1'));
    const own = createHandshake(isDialler, termsOf('right'));
    const payload = encodeHello(helloOf('left'));
    const established = isDialler ? dialWith(own, other, payload) : answerWith(own, other, payload);
    expect(established?.remote).toEqual(helloOf('left'));
    expect([established?.sendKey, established?.receiveKey].map(asHex)).toEqual([other.rx, other.tx].map(asHex));
    const record = createSealer(established?.sendKey ?? NONE, established?.receiveKey ?? NONE).seal(patternBytes(300));
    expect(asHex(new CipherState(other.rx ?? NONE).decrypt(record ?? NONE))).toBe(hex(patternBytes(300)));
  });
});

const NONE = new Uint8Array(0);

function asHex(bytes: Uint8Array | null | undefined): string {
  return hex(bytes ?? NONE);
}

function dialWith(own: Handshake, other: NoiseState, payload: Uint8Array): Established | undefined {
  other.recv(own.start());
  const { reply, established } = own.receive(other.send(payload));
  other.recv(Uint8Array.from(reply ?? NONE));
  return established;
}

function answerWith(own: Handshake, other: NoiseState, payload: Uint8Array): Established | undefined {
  const { reply } = own.receive(Uint8Array.from(other.send()));
  other.recv(Uint8Array.from(reply ?? NONE));
  return own.receive(Uint8Array.from(other.send(payload))).established;
}
