import { firstValueFrom, lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { LINK_ROOM } from '../../../src/transport/ble/process/radio-messages.js';
import { nextValues, patternBytes, writeAll } from '../../../src/transport/contract/stage.js';
import { upTo } from '../../support/links.js';
import { createLoopRadio, never } from './radio-processes.js';

describe('a link of a radio process', () => {
  it('brings 20,000 packets back complete and in order', async () => {
    const { radio } = createLoopRadio();
    const link = await radio.connect('echo', { signal: never });
    const arrived = nextValues(link.packets$, 20_000);
    await writeAll(link, numbered(20_000));
    expect((await arrived).map(numberOf)).toEqual(upTo(20_000));
  });

  it('gives plain bytes', async () => {
    const { radio } = createLoopRadio();
    const link = await radio.connect('echo', { signal: never });
    const arrived = firstValueFrom(link.packets$);
    link.write(Buffer.from(patternBytes(244)));
    expect(await arrived).toStrictEqual(patternBytes(244));
  });

  it('takes no more packets than the radio has room for', async () => {
    const { radio } = createLoopRadio();
    const link = await radio.connect('sink', { signal: never });
    let taken = 0;
    while (taken < 1_000 && link.write(Uint8Array.of(taken))) taken += 1;
    expect(taken).toBe(LINK_ROOM);
  });

  it('refuses packets that are too long', async () => {
    const { radio } = createLoopRadio();
    const link = await radio.connect('echo', { signal: never });
    expect(() => link.write(new Uint8Array(245))).toThrow(RangeError);
  });

  it('ends behind the packets that came before its end', async () => {
    const { radio } = createLoopRadio();
    const link = await radio.connect('flood', { signal: never });
    const order: (number | string)[] = [];
    link.packets$.subscribe((packet) => order.push((packet[0] ?? 0) * 256 + (packet[1] ?? 0)));
    link.ended$.subscribe((end) => order.push(end));
    link.write(countOf(100));
    await lastValueFrom(link.ended$);
    expect(order).toEqual([...upTo(100), 'closed-there']);
  });

  it('drops what comes while nobody reads, beyond what a link keeps', async () => {
    const { radio } = createLoopRadio();
    const link = await radio.connect('flood', { signal: never });
    link.write(countOf(1_000));
    await lastValueFrom(link.ended$);
    expect(await lastValueFrom(link.packets$.pipe(toArray()))).toHaveLength(168);
  });

  it('ends with what closed it here, and writes no more', async () => {
    const { radio } = createLoopRadio();
    const link = await radio.connect('echo', { signal: never });
    link.close('duplicate');
    expect(await lastValueFrom(link.ended$.pipe(toArray()))).toEqual(['duplicate']);
    expect(link.write(Uint8Array.of(1))).toBe(false);
  });
});

function numbered(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, number) => {
    const packet = new Uint8Array(244);
    new DataView(packet.buffer).setUint32(0, number);
    return packet;
  });
}

function numberOf(packet: Uint8Array): number {
  return new DataView(packet.buffer, packet.byteOffset).getUint32(0);
}

/** What a link of kind 'flood' answers with so many packets. */
function countOf(count: number): Uint8Array {
  const packet = new Uint8Array(4);
  new DataView(packet.buffer).setUint32(0, count);
  return packet;
}
