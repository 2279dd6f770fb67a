import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeHello, encodeHello, type Hello } from '../../src/protocol/hello.js';
import { hex, patternBytes } from '../../src/transport/contract/stage.js';
import { createDeviceKeys } from '../../src/transport/device-keys.js';
import { HandshakeError } from '../../src/transport/handshake-error.js';
import { createSealer, type Sealer } from '../../src/transport/sealer.js';
import { createHandshake, type Established, type Handshake, type HandshakeTerms } from '../../src/transport/secure.js';
import { helloOf, termsOf } from '../support/by-hand.js';
import { accountKey } from '../support/identities.js';
import { dialByTheBook, seal } from '../support/noise-by-the-book.js';

describe('handshake', () => {
  it('tells each side who the other one is, and gives both the same keys', () => {
    const { dialler, listener } = shake();
    expect(dialler.remote).toEqual(helloOf('right'));
    expect(listener.remote).toEqual(helloOf('left'));
    expect([hex(dialler.sendKey), hex(dialler.receiveKey)]).toEqual([hex(listener.receiveKey), hex(listener.sendKey)]);
  });

  it('is Noise as its specification says it, and so are the records', () => {
    const listener = createHandshake(false, termsOf('right'));
    const dialler = dialByTheBook('tandem peer handshake 1', accountKey, createDeviceKeys(), createDeviceKeys());
    const { reply = new Uint8Array(0) } = listener.receive(dialler.first());
    expect(decodeHello(dialler.second(reply))).toEqual(helloOf('right'));
    const { established } = listener.receive(dialler.third(encodeHello(helloOf('left'))));
    expect(established?.remote).toEqual(helloOf('left'));
    const [sendKey, receiveKey] = dialler.split();
    expect([established?.receiveKey, established?.sendKey].map((key) => key && hex(key))).toEqual([
      hex(sendKey),
      hex(receiveKey),
    ]);
    const sealer = createSealer(receiveKey, sendKey);
    const record = seal(sendKey, 0, patternBytes(100), new Uint8Array(0));
    expect(hex(sealer.open(record) ?? new Uint8Array(0))).toBe(hex(patternBytes(100)));
  });

  it('has other keys every time', () => {
    expect(hex(shake().dialler.sendKey)).not.toBe(hex(shake().dialler.sendKey));
  });

  it('asks whether a device may be let in once its key is proved', () => {
    const keys = createDeviceKeys();
    const admitted: [Hello, string][] = [];
    const admit = (remote: Hello, publicKey: Uint8Array): number => admitted.push([remote, hex(publicKey)]);
    shake({ keys }, { admit });
    expect(admitted).toEqual([[helloOf('left'), hex(keys.publicKey)]]);
  });

  it('passes on why a device is not let in', () => {
    const admit = (): never => {
      throw new HandshakeError('key-changed', 'not this one');
    };
    expect(failure(() => shake({ admit }))).toBe('key-changed');
    expect(failure(() => shake({}, { admit }))).toBe('key-changed');
  });

  it('does not open with another account', () => {
    expect(failure(() => shake({ accountKey: new Uint8Array(32) }))).toBe('wrong-account');
  });

  it('does not show who speaks: hello and static keys are sealed', () => {
    const keys = createDeviceKeys();
    const { messages } = shake({ keys }, { keys });
    const onTheAir = messages.map((message) => Buffer.from(message).toString('latin1')).join();
    expect(onTheAir).not.toContain('device');
    expect(onTheAir).not.toContain(Buffer.from(keys.publicKey).toString('latin1'));
  });

  it.each([0, 1, 2])('takes no message with any bit changed (message %i)', (altered) => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 0, max: 7 }), (place, bit) => {
        const alter = (message: Uint8Array): Uint8Array => {
          const changed = Uint8Array.from(message);
          changed[place % message.length] = (message[place % message.length] ?? 0) ^ (1 << bit);
          return changed;
        };
        expect(failure(() => shake({}, {}, (message, number) => (number === altered ? alter(message) : message)))).toBe(
          'wrong-account',
        );
      }),
      { numRuns: 50 },
    );
  });

  it.each([0, 1, 2])('takes no bytes of a stranger, whatever they are (instead of message %i)', (forged) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000, size: 'max' }), (bytes) => {
        const forge = (message: Uint8Array, number: number): Uint8Array => (number === forged ? bytes : message);
        expect(['wrong-account', 'protocol-violation']).toContain(failure(() => shake({}, {}, forge)));
      }),
      { numRuns: 100 },
    );
  });

  it('takes no message of an earlier handshake', () => {
    const earlier = shake().messages;
    const replay = (message: Uint8Array, number: number): Uint8Array =>
      number === 2 ? (earlier[2] ?? message) : message;
    expect(failure(() => shake({}, {}, replay))).toBe('wrong-account');
  });

  it('leaves the bytes of a message as they are: a link may send them again', () => {
    const before: string[] = [];
    const { messages } = shake({}, {}, (message) => {
      before.push(hex(message));
      return message;
    });
    expect(messages.map(hex)).toEqual(before);
  });
});

describe('sealed records', () => {
  it('open at the other end, in order', () => {
    const [here, there] = sealers();
    for (const length of [0, 1, 1_000, 65_519]) {
      const plaintext = patternBytes(length);
      expect(hex(opened(there, sealed(here, plaintext)))).toBe(hex(plaintext));
      expect(hex(opened(here, sealed(there, plaintext)))).toBe(hex(plaintext));
    }
  });

  it('do not open when altered in any bit', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 100 }),
        fc.nat(),
        fc.integer({ min: 0, max: 7 }),
        (plaintext, place, bit) => {
          const [here, there] = sealers();
          const record = Uint8Array.from(sealed(here, plaintext));
          record[place % record.length] = (record[place % record.length] ?? 0) ^ (1 << bit);
          expect(there.open(record)).toBeUndefined();
        },
      ),
    );
  });

  it('do not open twice, nor before their turn, nor where they were sealed', () => {
    const [here, there] = sealers();
    const [first, second] = [sealed(here, patternBytes(10)), sealed(here, patternBytes(10))];
    expect(there.open(second)).toBeUndefined();
    expect(there.open(first)).toBeDefined();
    expect(there.open(first)).toBeUndefined();
    expect(here.open(second)).toBeUndefined();
    expect(there.open(second)).toBeDefined();
  });

  it('do not open when they are too short to be sealed', () => {
    const [, there] = sealers();
    expect([0, 1, 15].map((length) => there.open(new Uint8Array(length)))).toEqual([undefined, undefined, undefined]);
  });

  it('are no more than the keys allow', () => {
    const [here, there] = sealers(2);
    const records = [sealed(here, patternBytes(1)), sealed(here, patternBytes(2))];
    expect([here.isExhausted(), here.seal(patternBytes(3))]).toEqual([true, undefined]);
    expect(records.map((record) => there.open(record)?.length)).toEqual([1, 2]);
    expect([there.isExhausted(), there.open(patternBytes(20))]).toEqual([true, undefined]);
  });

  it('end with the keys, of which nothing is left', () => {
    const { dialler } = shake();
    const sealer = createSealer(dialler.sendKey, dialler.receiveKey);
    sealer.wipe();
    expect(sealer.seal(patternBytes(1))).toBeUndefined();
    expect([hex(dialler.sendKey), hex(dialler.receiveKey)]).toEqual(['00'.repeat(32), '00'.repeat(32)]);
  });
});

interface Shaken {
  readonly dialler: Established;
  readonly listener: Established;
  readonly messages: readonly Uint8Array[];
}

/** A whole handshake; `pass` stands between the two and may change messages, which count from 0. Throws HandshakeError. */
function shake(
  diallerTerms: Partial<HandshakeTerms> = {},
  listenerTerms: Partial<HandshakeTerms> = {},
  pass = (message: Uint8Array, _number: number): Uint8Array => message,
): Shaken {
  const dialling = createHandshake(true, termsOf('left', diallerTerms));
  const listening = createHandshake(false, termsOf('right', listenerTerms));
  const messages = [dialling.start()];
  const step = (side: Handshake): Established | undefined => {
    const number = messages.length - 1;
    const { reply, established } = side.receive(pass(messages[number] ?? new Uint8Array(0), number));
    if (reply !== undefined) messages.push(reply);
    return established;
  };
  step(listening);
  const dialler = step(dialling);
  const listener = step(listening);
  if (dialler === undefined || listener === undefined)
    throw new Error('the handshake did not end after three messages');
  return { dialler, listener, messages };
}

function failure(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof HandshakeError) return error.end;
    throw error;
  }
  return 'no failure';
}

function sealers(maxRecords?: number): [Sealer, Sealer] {
  const { dialler, listener } = shake();
  return [
    createSealer(dialler.sendKey, dialler.receiveKey, maxRecords),
    createSealer(listener.sendKey, listener.receiveKey, maxRecords),
  ];
}

function sealed(sealer: Sealer, plaintext: Uint8Array): Uint8Array {
  const record = sealer.seal(plaintext);
  if (record === undefined) throw new Error('not sealed');
  return record;
}

function opened(sealer: Sealer, record: Uint8Array): Uint8Array {
  const plaintext = sealer.open(record);
  if (plaintext === undefined) throw new Error('not opened');
  return plaintext;
}
