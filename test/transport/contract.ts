/** What every transport must do, whatever its radio. Two devices: 'left' dials, 'right' listens. */
import { filter, firstValueFrom, lastValueFrom, type Observable, toArray } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RadioState } from '../../src/protocol/codes.js';
import type { DialError, Link, Transport } from '../../src/transport/transport.js';
import { dialBoth, hex, nextValues, presenceOf, writeAll } from '../support/links.js';
import { describePackets } from './contract-packets.js';

/** Made afresh for each test. */
export interface TransportHarness {
  /** A transport whose radio is on. Called again for the same device only after its transport was closed. */
  createTransport(deviceId: 'left' | 'right'): Transport | Promise<Transport>;
  setRadio(deviceId: 'left' | 'right', state: RadioState): void;
  /** Called last; transports may be closed already. */
  close(): void | Promise<void>;
}

const noAbort = new AbortController().signal;

/** `whySkip` gives the reason why a test, by its name, cannot hold on these controllers. */
export function describeTransport(
  name: string,
  createHarness: () => TransportHarness | Promise<TransportHarness>,
  whySkip: (test: string) => string | undefined = () => undefined,
): void {
  describe(`transport contract: ${name}`, () => {
    let harness: TransportHarness;
    let left: Transport;
    let right: Transport;

    beforeEach(async ({ task, skip }) => {
      harness = await createHarness();
      left = await harness.createTransport('left');
      right = await harness.createTransport('right');
      left.announce(presenceOf('left'));
      right.announce(presenceOf('right'));
      await seen(left, 'right');
      const reason = whySkip(task.name);
      if (reason !== undefined) skip(reason);
    });

    afterEach(async () => {
      await Promise.all([left.close(), right.close()]);
      await harness.close();
    });

    const dial = (): Promise<[Link, Link]> => dialBoth(left, right, 'right');

    describe('radio and sightings', () => {
      it('replays the state of the radio and tells every change', async () => {
        expect(await firstValueFrom(left.radio$)).toBe('poweredOn');
        const states = nextValues(left.radio$, 3);
        harness.setRadio('left', 'poweredOff');
        await firstValueFrom(left.radio$.pipe(filter((state) => state === 'poweredOff')));
        harness.setRadio('left', 'poweredOn');
        expect(await states).toEqual(['poweredOn', 'poweredOff', 'poweredOn']);
      });

      it('shows a device with what it announced', async () => {
        const [sighting] = await firstValueFrom(left.sightings$);
        expect(sighting).toMatchObject(presenceOf('right'));
      });

      it('shows what a device announced last', async () => {
        right.announce({ ...presenceOf('right'), deviceName: 'renamed' });
        const sightings = await firstValueFrom(
          left.sightings$.pipe(filter(([first]) => first?.deviceName === 'renamed')),
        );
        expect(sightings).toHaveLength(1);
      });

      it('shows a device no longer once its transport is closed', async () => {
        await right.close();
        expect(await firstValueFrom(left.sightings$.pipe(filter((sightings) => sightings.length === 0)))).toEqual([]);
      });
    });

    describe('dial', () => {
      it('makes one link with an end on each side', async () => {
        const [dialled, accepted] = await dial();
        expect([dialled.isDialler, accepted.isDialler]).toEqual([true, false]);
        expect(Math.min(dialled.packetBytes, accepted.packetBytes)).toBeGreaterThanOrEqual(20);
      });

      it("rejects with 'not-in-range' when there is no such device", async () => {
        await expect(left.dial('nobody', { signal: noAbort })).rejects.toMatchObject(failure('not-in-range'));
      });

      it("rejects with 'aborted' when the signal has fired", async () => {
        await expect(left.dial('right', { signal: AbortSignal.abort() })).rejects.toMatchObject(failure('aborted'));
      });

      it("rejects with 'aborted' when the signal fires on the way", async () => {
        const controller = new AbortController();
        const dialling = left.dial('right', { signal: controller.signal });
        controller.abort();
        await expect(dialling).rejects.toMatchObject(failure('aborted'));
      });

      it("rejects with 'radio-off' while the radio here is off", async () => {
        harness.setRadio('left', 'poweredOff');
        await firstValueFrom(left.radio$.pipe(filter((state) => state === 'poweredOff')));
        await expect(left.dial('right', { signal: noAbort })).rejects.toMatchObject(failure('radio-off'));
      });
    });

    describePackets(dial);

    describe('the end of a link', () => {
      it('is told on both sides, once, also to late subscribers', async () => {
        const [dialled, accepted] = await dial();
        dialled.close();
        expect(await lastValueFrom(accepted.ended$)).toBe('closed-there');
        expect(await lastValueFrom(accepted.ended$.pipe(toArray()))).toEqual(['closed-there']);
        expect(await lastValueFrom(dialled.ended$.pipe(toArray()))).toEqual(['closed-here']);
      });

      it('may come from the side that was dialled', async () => {
        const [dialled, accepted] = await dial();
        accepted.close();
        expect(await lastValueFrom(dialled.ended$)).toBe('closed-there');
      });

      it('keeps the first reason', async () => {
        const [dialled, accepted] = await dial();
        dialled.close('duplicate');
        dialled.close('silent');
        await lastValueFrom(accepted.ended$);
        expect(await lastValueFrom(dialled.ended$)).toBe('duplicate');
      });

      it('completes the streams and makes write refuse', async () => {
        const [dialled, accepted] = await dial();
        const done = allComplete([dialled.packets$, dialled.writable$, accepted.packets$, accepted.writable$]);
        dialled.close();
        await done;
        expect([dialled, accepted].map((link) => link.write(Uint8Array.of(1)))).toEqual([false, false]);
      });

      it("is 'radio-off' where the radio is switched off", async () => {
        const [dialled, accepted] = await dial();
        harness.setRadio('left', 'poweredOff');
        expect(await lastValueFrom(dialled.ended$)).toBe('radio-off');
        expect(['lost', 'closed-there', 'peer-radio-off']).toContain(await lastValueFrom(accepted.ended$));
      });

      it('leaves the way free for the next one', async () => {
        const [first, firstThere] = await dial();
        first.close();
        await lastValueFrom(firstThere.ended$);
        await seen(left, 'right');
        const [second, secondThere] = await dial();
        await writeAll(second, [Uint8Array.of(9)]);
        expect(hex(await firstValueFrom(secondThere.packets$))).toBe('09');
      });
    });

    describe('close', () => {
      it('ends every link and stream, and dials no more', async () => {
        const [dialled, accepted] = await dial();
        const done = allComplete([left.radio$, left.sightings$, left.incoming$]);
        await left.close();
        await done;
        expect(await lastValueFrom(dialled.ended$)).toBe('closed-here');
        expect(['lost', 'closed-there']).toContain(await lastValueFrom(accepted.ended$));
        await expect(left.dial('right', { signal: noAbort })).rejects.toMatchObject(failure('closed'));
      });

      it('may be called again', async () => {
        await left.close();
        await expect(left.close()).resolves.toBeUndefined();
      });

      it('lets the same device come back', async () => {
        await right.close();
        right = await harness.createTransport('right');
        right.announce(presenceOf('right'));
        await seen(left, 'right');
        const [dialled] = await dial();
        expect(dialled.isDialler).toBe(true);
      });
    });
  });
}

async function seen(transport: Transport, deviceId: string): Promise<void> {
  await firstValueFrom(transport.sightings$.pipe(filter((all) => all.some((one) => one.deviceId === deviceId))));
}

async function allComplete(streams: readonly Observable<unknown>[]): Promise<void> {
  await Promise.all(streams.map((stream$) => lastValueFrom(stream$, { defaultValue: undefined })));
}

function failure(kind: DialError['failure']): Pick<DialError, 'name' | 'failure'> {
  return { name: 'DialError', failure: kind };
}
