import { firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { SimulatedClock } from 'xstate';
import { dialBoth } from '../../src/transport/contract/stage.js';
import { createMemoryAir, MEMORY_PACKET_BYTES } from '../../src/transport/memory.js';
import { announcedPair, createLinkedPair, idsSeen } from '../support/links.js';
import { advance, turns } from '../support/time.js';
import { describeTransport } from './contract.js';

describeTransport('memory', () => {
  const air = createMemoryAir();
  return {
    createTransport: (deviceId) => air.transport(deviceId),
    setRadio: (deviceId, state) => air.setRadio(deviceId, state),
    close: () => {},
  };
});

describe('memory air', () => {
  it('gives each device one transport at a time', async () => {
    const air = createMemoryAir();
    const transport = air.transport('left');
    expect(() => air.transport('left')).toThrow('left');
    await transport.close();
    expect(() => air.transport('left')).not.toThrow();
  });

  it('makes two links when both devices dial at once', async () => {
    const { left, right } = announcedPair(createMemoryAir());
    const links = await Promise.all([dialBoth(left, right, 'right'), dialBoth(right, left, 'left')]);
    const arrived = links.map(([, accepted]) => firstValueFrom(accepted.packets$));
    links.forEach(([dialled], place) => void dialled.write(Uint8Array.of(place)));
    expect((await Promise.all(arrived)).map(([byte]) => byte)).toEqual([0, 1]);
  });

  it('needs no timer while nothing goes wrong', async () => {
    const { left, right } = await createLinkedPair({ clock: new SimulatedClock() });
    const arrived = firstValueFrom(right.packets$);
    left.write(Uint8Array.of(1));
    expect(await arrived).toEqual(Uint8Array.of(1));
  });

  it('leaves the event loop room while two devices chat without end', async () => {
    const { left, right } = await createLinkedPair();
    let echoes = 0;
    for (const link of [left, right]) {
      link.packets$.subscribe((packet) => {
        echoes += 1;
        if (echoes < 100_000) link.write(packet);
      });
    }
    left.write(Uint8Array.of(1));
    await turns(2);
    expect(echoes).toBeLessThan(100_000);
  });

  it('offers to hand over only when it is not sealed', async () => {
    const sealed = await createLinkedPair();
    const open = await createLinkedPair({ sealed: false });
    expect([sealed.left.handOver, open.left.handOver]).toEqual([undefined, expect.anything()]);
    expect(sealed.left.packetBytes).toBe(MEMORY_PACKET_BYTES);
  });

  it('refuses to switch a radio that does not exist', () => {
    expect(() => createMemoryAir().setRadio('nobody', 'poweredOff')).toThrow('nobody');
  });

  it("does not let a dial through to a device whose radio is off: 'peer-radio-off'", async () => {
    const air = createMemoryAir();
    const { left } = announcedPair(air);
    air.setRadio('right', 'poweredOff');
    await expect(left.dial('right', { signal: noAbort })).rejects.toMatchObject({ failure: 'peer-radio-off' });
  });

  it('hides devices whose radio is off, and shows them again', async () => {
    const air = createMemoryAir();
    const { left } = announcedPair(air);
    const seen = idsSeen(left);
    await turns();
    air.setRadio('right', 'poweredOff');
    await turns();
    air.setRadio('right', 'poweredOn');
    await turns();
    expect(seen).toEqual([[], ['right'], [], ['right']]);
  });

  it('sees nothing while the radio here is off', async () => {
    const air = createMemoryAir();
    const { left } = announcedPair(air);
    await turns();
    air.setRadio('left', 'resetting');
    await turns();
    expect(await firstValueFrom(left.sightings$)).toEqual([]);
  });

  it('takes as long to dial as its slowest packet', async () => {
    const clock = new SimulatedClock();
    const { left, right } = announcedPair(createMemoryAir({ clock, faults: { delayMs: [10, 100] } }));
    let isDialled = false;
    const dialling = dialBoth(left, right, 'right').then(() => {
      isDialled = true;
    });
    await advance(clock, 90);
    expect(isDialled).toBe(false);
    await advance(clock, 10);
    await dialling;
  });

  it('ends a slow dial at once when its signal fires', async () => {
    const clock = new SimulatedClock();
    const { left } = announcedPair(createMemoryAir({ clock, faults: { delayMs: [10, 100] } }));
    const controller = new AbortController();
    const dialling = left.dial('right', { signal: controller.signal });
    controller.abort();
    await expect(dialling).rejects.toMatchObject({ failure: 'aborted' });
  });
});

const noAbort = new AbortController().signal;
