import { lastValueFrom, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { SimulatedClock } from 'xstate';
import { LINK_OPEN_TIMEOUT_MS, MAX_HANDSHAKE_BYTES } from '../../src/protocol/limits.js';
import { patternBytes } from '../../src/transport/contract/stage.js';
import type { Faults } from '../../src/transport/faults.js';
import { HandshakeError } from '../../src/transport/handshake-error.js';
import { openFrameLink } from '../../src/transport/open-frame-link.js';
import { openSealedLink } from '../../src/transport/sealed-link.js';
import { createHandshake } from '../../src/transport/secure.js';
import type { LinkEnd } from '../../src/transport/transport.js';
import { helloOf, recordsOver, shakeByHand, termsOf } from '../support/by-hand.js';
import { failureOf, framesFrom, identityOf, openOptions, textFrame } from '../support/identities.js';
import { createLinkedPair, upTo } from '../support/links.js';
import { advance, advanceUntil, turns } from '../support/time.js';

const clock = new SimulatedClock();

describe('sealed link to a stranger', () => {
  it.each([
    ['too short for a handshake', 'protocol-violation', patternBytes(10)],
    ['an alert before there is anything to refuse', 'protocol-violation', Uint8Array.of(1)],
    ['as long as a first message, but none', 'wrong-account', patternBytes(48)],
    ['longer than a handshake message', 'protocol-violation', patternBytes(MAX_HANDSHAKE_BYTES + 1)],
  ])('ends when his first record is %s', async (_, end, record) => {
    const { left, right } = await createLinkedPair({ clock });
    const opening = failureOf(openFrameLink(right, openOptions('right', clock)));
    recordsOver(left, clock).write(record);
    expect((await advanceUntil(clock, opening)).end).toBe(end);
  });

  it("ends when he begins and never finishes: 'handshake-timeout'", async () => {
    const { left, right } = await createLinkedPair({ clock });
    const opening = failureOf(openFrameLink(right, openOptions('right', clock)));
    recordsOver(left, clock).write(createHandshake(true, termsOf('left')).start());
    await advance(clock, LINK_OPEN_TIMEOUT_MS);
    expect((await opening).end).toBe('handshake-timeout');
  });

  it('ends when he never confirms that he read the last message', async () => {
    const { left, right } = await createLinkedPair({ clock });
    const opening = failureOf(openFrameLink(left, openOptions('left', clock)));
    const records = recordsOver(right, clock);
    const handshake = createHandshake(false, termsOf('right'));
    records.records$.pipe(take(2)).subscribe((record) => {
      const { reply } = handshake.receive(record);
      if (reply !== undefined) records.write(reply);
    });
    await advance(clock, LINK_OPEN_TIMEOUT_MS);
    expect((await opening).end).toBe('handshake-timeout');
  });
});

describe('sealed link that is refused', () => {
  it.each([
    [1, 'wrong-account'],
    [2, 'key-changed'],
    [3, 'no-common-version'],
    [99, 'protocol-violation'],
  ])('takes alert %i for %s', async (code, end) => {
    const { left, right } = await createLinkedPair({ clock });
    const opening = failureOf(openFrameLink(left, openOptions('left', clock)));
    recordsOver(right, clock).write(Uint8Array.of(code));
    expect((await advanceUntil(clock, opening)).end).toBe(end);
  });

  it('stays until the alert has arrived, also over a slow radio', async () => {
    const { air, left, right } = await createLinkedPair({ clock });
    air.setFaults({ delayMs: [100, 200] });
    const stranger = identityOf('right', { accountKey: new Uint8Array(32) });
    const openings = Promise.all([
      failureOf(openFrameLink(left, openOptions('left', clock))),
      failureOf(openFrameLink(right, openOptions('right', clock, { identity: stranger }))),
    ]);
    expect((await advanceUntil(clock, openings)).map(({ end }) => end)).toEqual(['wrong-account', 'wrong-account']);
  });

  it('does not wait for ever for the alert to arrive', async () => {
    const { air, left, right } = await createLinkedPair({ clock });
    const opening = failureOf(openFrameLink(right, openOptions('right', clock)));
    recordsOver(left, clock).write(patternBytes(48));
    await turns();
    air.setFaults({ lossRate: 1 });
    expect((await advanceUntil(clock, opening, 1_100)).end).toBe('wrong-account');
    expect(await lastValueFrom(right.ended$)).toBe('wrong-account');
  });

  it.each(['left', 'right'] as const)(
    "has no version in common with the %s side: 'no-common-version' on both",
    async (who) => {
      const { left, right } = await createLinkedPair({ clock });
      const [newer, older] = who === 'left' ? [left, right] : [right, left];
      const opening = failureOf(openFrameLink(older, openOptions('older', clock)));
      const hello = helloOf('newer', { min: 2, max: 7 });
      const refused = openSealedLink(newer, { ...termsOf('newer'), hello, clock }).then(() => undefined, endOf);
      expect((await advanceUntil(clock, opening)).end).toBe('no-common-version');
      expect(await advanceUntil(clock, refused)).toBe('no-common-version');
    },
  );
});

describe('sealed link over a bad radio', () => {
  it.each<[string, number, Partial<Faults>]>([
    ['with the smallest packets', 20, { delayMs: [5, 15] }],
    ['that loses a tenth of the packets', 244, { delayMs: [5, 15], lossRate: 0.1 }],
    ['that doubles and reorders packets', 100, { delayMs: [5, 15], duplicateRate: 0.2, reorderRate: 0.1 }],
  ])('opens and carries frames %s', async (_, packetBytes, faults) => {
    const { air, left, right } = await createLinkedPair({ clock, packetBytes, seed: 5 });
    air.setFaults(faults);
    const openings = [
      openFrameLink(left, openOptions('left', clock)),
      openFrameLink(right, openOptions('right', clock)),
    ];
    const [leftFrames, rightFrames] = await advanceUntil(clock, Promise.all(openings));
    if (leftFrames === undefined || rightFrames === undefined) throw new Error('there are two ends');
    const arrived = framesFrom(rightFrames);
    for (const number of upTo(100)) {
      leftFrames.write([textFrame(number)]);
      await turns(1);
    }
    await advance(clock, 10_000);
    expect(arrived).toEqual(upTo(100).map((number) => textFrame(number)));
  });
});

describe('sealed link to a device that goes its own way after the handshake', () => {
  it.each(['altered', 'replayed', 'forged', 'plain'])(
    "ends with 'record-not-authentic' when a record is %s",
    async (how) => {
      const { left, right } = await createLinkedPair({ clock });
      const opening = openFrameLink(right, openOptions('right', clock));
      const { records, sealer } = await shakeByHand(left, clock);
      const link = await opening;
      const record = sealer.seal(new Uint8Array(0)) ?? new Uint8Array(0);
      const bad: Record<string, Uint8Array> = {
        altered: record.map((byte, place) => (place === 3 ? byte ^ 1 : byte)),
        replayed: record,
        forged: patternBytes(100),
        plain: Uint8Array.of(1),
      };
      if (how === 'replayed') records.write(record);
      records.write(bad[how] ?? record);
      expect(await lastValueFrom(link.ended$)).toBe('record-not-authentic');
    },
  );

  it("ends with 'protocol-violation' when a record holds no frames", async () => {
    const { left, right } = await createLinkedPair({ clock });
    const opening = openFrameLink(right, openOptions('right', clock));
    const { records, sealer } = await shakeByHand(left, clock);
    const link = await opening;
    records.write(sealer.seal(patternBytes(100)) ?? new Uint8Array(0));
    expect(await lastValueFrom(link.ended$)).toBe('protocol-violation');
  });
});

function endOf(error: unknown): LinkEnd | undefined {
  return error instanceof HandshakeError ? error.end : undefined;
}
