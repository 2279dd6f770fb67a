/** Random frames and broken bytes for properties. */
import fc from 'fast-check';
import { ConnectErrorCode, DisconnectReason } from '../../src/protocol/codes.js';
import type { Frame } from '../../src/protocol/frame.js';

/** Whole characters of any script; half surrogates have no UTF-8. */
const text = (maxLength: number) => fc.string({ unit: 'binary', maxLength });
const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
const sessionId = fc.integer({ min: 1, max: 0xffff_ffff });
const token = fc.stringMatching(/^[0-9a-f]{32}$/);
const appName = fc.record({ bundleName: text(20), moduleName: text(20), abilityName: text(20) });

const options = fc.record({
  needSendData: fc.boolean(),
  needSendStream: fc.boolean(),
  needReceiveStream: fc.boolean(),
  startOptions: fc.constantFrom(0, 1),
  parameters: fc.dictionary(text(10), text(30), { maxKeys: 5, noNullPrototype: true }),
});

export const arbitraryFrame: fc.Arbitrary<Frame> = fc.oneof(
  fc.record({
    type: fc.constant('open'),
    session: fc.constant(0),
    from: sessionId,
    token,
    serviceName: text(30),
    source: appName,
    sink: appName,
    options,
  }),
  fc.record({ type: fc.constant('accept'), session: sessionId, from: sessionId, token }),
  fc.record({ type: fc.constant('confirm'), session: sessionId, token }),
  fc.record({
    type: fc.constant('reject'),
    session: sessionId,
    token,
    errorCode: fc.constantFrom(...Object.values(ConnectErrorCode)),
    reason: text(50),
  }),
  fc.record({
    type: fc.constant('close'),
    session: uint32,
    token,
    reason: fc.constantFrom(...Object.values(DisconnectReason)),
  }),
  fc.record({
    type: fc.constant('resume'),
    session: sessionId,
    from: sessionId,
    token,
    received: uint32,
    creditLimit: uint32,
  }),
  fc
    .record({
      type: fc.constant('text'),
      session: sessionId,
      sequence: uint32,
      acknowledgement: uint32,
      text: text(200),
    })
    .map((frame) => ({ ...frame, bytes: Buffer.byteLength(frame.text) })),
  fc.record({
    type: fc.constant('data'),
    session: sessionId,
    sequence: uint32,
    acknowledgement: uint32,
    isFirst: fc.boolean(),
    isLast: fc.boolean(),
    payload: fc.uint8Array({ minLength: 1, maxLength: 300 }),
  }),
  fc.record({ type: fc.constant('acknowledge'), session: sessionId, acknowledgement: uint32, creditLimit: uint32 }),
  fc.record({ type: fc.constant('ping'), session: fc.constant(0) }),
  fc.record({ type: fc.constant('pong'), session: fc.constant(0) }),
);

/** Sound bytes with a few of them altered, or cut short. */
export function damaged(sound: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
  const change = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }));
  return fc.tuple(sound, fc.array(change, { maxLength: 4 }), fc.option(fc.nat())).map(([bytes, changes, cut]) => {
    const copy = bytes.slice();
    for (const [place, value] of changes) if (copy.length > 0) copy[place % copy.length] = value;
    return cut === null ? copy : copy.subarray(0, cut % (copy.length + 1));
  });
}
