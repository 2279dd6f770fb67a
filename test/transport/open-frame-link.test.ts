import { inspect } from 'node:util';
import { firstValueFrom, lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { SimulatedClock } from 'xstate';
import { LINK_OPEN_TIMEOUT_MS } from '../../src/protocol/limits.js';
import { createAccount, parseAccount } from '../../src/transport/account.js';
import { hex } from '../../src/transport/contract/stage.js';
import { createPinnedKeys } from '../../src/transport/device-keys.js';
import { type LinkOpenError, type OpenOptions, openFrameLink } from '../../src/transport/open-frame-link.js';
import {
  accountKey,
  failureOf,
  framesFrom,
  identityOf,
  openOptions,
  openPair,
  textFrame,
} from '../support/identities.js';
import { createLinkedPair, upTo } from '../support/links.js';
import { advance, advanceUntil, turns } from '../support/time.js';
import { watchClock, watchLink } from '../support/watch.js';

const clock = new SimulatedClock();

describe.each([
  ['sealed', true],
  ['handed over', false],
])('frame link, %s', (_, sealed) => {
  it('tells each side who the other one is', async () => {
    const { leftFrames, rightFrames } = await openPair(clock, { sealed });
    expect(leftFrames.remote).toEqual({ deviceId: 'right', deviceName: 'right device', epoch: 'epoch of right' });
    expect(rightFrames.remote).toEqual({ deviceId: 'left', deviceName: 'left device', epoch: 'epoch of left' });
    expect([leftFrames.isDialler, rightFrames.isDialler]).toEqual([true, false]);
  });

  it('carries frames both ways, in order', async () => {
    const { leftFrames, rightFrames } = await openPair(clock, { sealed });
    const [there, here] = [framesFrom(rightFrames), framesFrom(leftFrames)];
    const sent = upTo(500).map((number) => textFrame(number));
    for (const frame of sent) {
      leftFrames.write([frame]);
      rightFrames.write([frame]);
      if (frame.sequence % 50 === 0) await turns(1);
    }
    await turns();
    expect(there).toEqual(sent);
    expect(here).toEqual(sent);
  });

  it('gives what is written in one turn as one batch', async () => {
    const { leftFrames, rightFrames } = await openPair(clock, { sealed });
    upTo(5).forEach((number) => void leftFrames.write([textFrame(number)]));
    expect(await firstValueFrom(rightFrames.frames$)).toHaveLength(5);
  });

  it('keeps frames until someone reads them', async () => {
    const { leftFrames, rightFrames } = await openPair(clock, { sealed });
    leftFrames.write([textFrame(1)]);
    await turns();
    leftFrames.write([textFrame(2)]);
    await turns();
    expect(framesFrom(rightFrames)).toEqual([textFrame(1), textFrame(2)]);
  });

  it('still carries what was written just before it was closed', async () => {
    const { leftFrames, rightFrames } = await openPair(clock, { sealed });
    const arrived = framesFrom(rightFrames);
    leftFrames.write([textFrame(1)]);
    leftFrames.close('duplicate');
    expect(await lastValueFrom(rightFrames.ended$)).toBe('closed-there');
    expect(await lastValueFrom(leftFrames.ended$)).toBe('duplicate');
    expect(arrived).toEqual([textFrame(1)]);
  });

  it('takes nothing any more after its end, and completes its streams', async () => {
    const { air, leftFrames, rightFrames } = await openPair(clock, { sealed });
    const arrived = framesFrom(rightFrames);
    air.cut('left', 'right');
    leftFrames.write([textFrame(1)]);
    leftFrames.probe();
    await turns();
    expect(arrived).toEqual([]);
    expect(await lastValueFrom(leftFrames.ended$)).toBe('lost');
    await lastValueFrom(leftFrames.frames$, { defaultValue: undefined });
  });

  it("refuses another account: 'wrong-account' on both sides", async () => {
    const stranger = identityOf('right', { accountKey: parseAccount(createAccount()) });
    const { left, right } = await openBadly(sealed, {}, { identity: stranger });
    expect([left.end, right.end]).toEqual(['wrong-account', 'wrong-account']);
  });

  it.each(['left', 'right'] as const)(
    'refuses a device that has another key than before, here the %s one',
    async (who) => {
      const pinnedKeys = createPinnedKeys([[who, hex(identityOf(who).keys.publicKey)]]);
      const { left, right } = await (who === 'left'
        ? openBadly(sealed, {}, { pinnedKeys })
        : openBadly(sealed, { pinnedKeys }, {}));
      expect([left.end, right.end]).toEqual(['key-changed', 'key-changed']);
    },
  );

  it('takes a device that has the same key as before', async () => {
    const [leftOptions, rightOptions] = [openOptions('left', clock), openOptions('right', clock)];
    for (let time = 0; time < 2; time += 1) {
      const { left, right } = await createLinkedPair({ sealed, clock });
      const [opened] = await Promise.all([openFrameLink(left, leftOptions), openFrameLink(right, rightOptions)]);
      expect(opened.remote.deviceId).toBe('right');
    }
  });

  it('refuses a device that is not the one dialled', async () => {
    const { left } = await openBadly(sealed, { expectedDeviceId: 'kitchen' }, {});
    expect(left.end).toBe('protocol-violation');
    expect(left.message).toContain('right answered for kitchen');
  });

  it('refuses a device that calls itself like this one', async () => {
    const { left } = await openBadly(sealed, {}, { identity: identityOf('left') });
    expect(left.end).toBe('protocol-violation');
  });

  it("gives up when the other side says nothing: 'handshake-timeout'", async () => {
    const { left, right } = await createLinkedPair({ sealed, clock });
    const opening = failureOf(openFrameLink(left, openOptions('left', clock)));
    await advance(clock, LINK_OPEN_TIMEOUT_MS);
    expect((await opening).end).toBe('handshake-timeout');
    expect(await lastValueFrom(right.ended$)).toBe('closed-there');
  });

  it.each([
    ['before', AbortSignal.abort()],
    ['on the way', undefined],
  ])('gives up when its signal fires %s', async (when, aborted) => {
    const controller = new AbortController();
    const { left, right } = await createLinkedPair({ sealed, clock });
    const opening = failureOf(
      openFrameLink(left, openOptions('left', clock, { signal: aborted ?? controller.signal })),
    );
    if (when === 'on the way') controller.abort();
    expect((await opening).end).toBe('closed-here');
    expect(await lastValueFrom(right.ended$)).toBe('closed-there');
  });

  it('says why the link ended on the way', async () => {
    const { air, left, right } = await createLinkedPair({ sealed, clock });
    const openings = [left, right].map((link) => failureOf(openFrameLink(link, openOptions('left', clock))));
    air.cut('left', 'right');
    expect((await Promise.all(openings)).map(({ end }) => end)).toEqual(['lost', 'lost']);
  });

  it('leaves no subscription and no timer behind, whether it was opened or refused', async () => {
    const watched = watchClock(clock);
    for (const expectedDeviceId of ['right', 'kitchen']) {
      const pair = await createLinkedPair({ sealed, clock: watched });
      const [left, right] = [watchLink(pair.left), watchLink(pair.right)];
      const openings = [
        openFrameLink(left.link, openOptions('left', watched, { expectedDeviceId })),
        openFrameLink(right.link, openOptions('right', watched)),
      ];
      for (const opened of await Promise.allSettled(openings)) if (opened.status === 'fulfilled') opened.value.close();
      await turns();
      expect([left.observers(), right.observers(), watched.timers()]).toEqual([0, 0, 0]);
    }
  });

  it('never has a secret in the words of a failure', async () => {
    const identity = identityOf('left');
    const { left } = await openBadly(
      sealed,
      { identity },
      { identity: identityOf('right', { accountKey: new Uint8Array(32) }) },
    );
    const words = inspect(left, { depth: 9, showHidden: true }) + left.stack;
    for (const secret of [accountKey, identity.keys.secretKey]) {
      expect(words).not.toContain(hex(secret));
      expect(words).not.toContain(Buffer.from(secret).toString('base64url'));
      expect(words).not.toContain(secret.subarray(0, 4).join(', '));
    }
  });
});

/** Both failures of a link that must not open. */
async function openBadly(
  sealed: boolean,
  leftChanges: Partial<OpenOptions>,
  rightChanges: Partial<OpenOptions>,
): Promise<{ readonly left: LinkOpenError; readonly right: LinkOpenError }> {
  const pair = await createLinkedPair({ sealed, clock });
  const opening = Promise.all([
    failureOf(openFrameLink(pair.left, openOptions('left', clock, leftChanges))),
    failureOf(openFrameLink(pair.right, openOptions('right', clock, rightChanges))),
  ]);
  const [left, right] = await advanceUntil(clock, opening);
  await Promise.all([lastValueFrom(pair.left.ended$), lastValueFrom(pair.right.ended$)]);
  return { left, right };
}
