import { firstValueFrom } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DialError } from '../../../src/transport/transport.js';
import { createLoopRadio, never, untilState } from './radio-processes.js';

describe('radio process', () => {
  it('tells the state of its radio', async () => {
    const { radio } = createLoopRadio();
    expect(await firstValueFrom(radio.state$)).toBe('unknown');
    await untilState(radio, 'poweredOn');
  });

  it('passes on advertisements and cards', async () => {
    const { radio } = createLoopRadio();
    const both = Promise.all([firstValueFrom(radio.heard$), firstValueFrom(radio.cards$)]);
    radio.advertise({ hint: Uint8Array.of(1, 2, 3), card: Uint8Array.of(4) });
    const heard = { address: 'self', rssi: -50, hint: Uint8Array.of(1, 2, 3) };
    expect(await both).toEqual([heard, Uint8Array.of(4)]);
  });

  it('visits', async () => {
    const { radio } = createLoopRadio();
    expect(await radio.visit('somebody', Uint8Array.of(1, 2, 3), { signal: never })).toEqual(Uint8Array.of(3, 2, 1));
  });

  it('shows links that others opened', async () => {
    const { radio } = createLoopRadio();
    const incoming = firstValueFrom(radio.incoming$);
    const dialled = await radio.connect('caller', { signal: never });
    expect([dialled, await incoming].map(({ isDialler, packetBytes }) => [isDialler, packetBytes])).toEqual([
      [true, 244],
      [false, 244],
    ]);
  });

  it('says why a device could not be reached', async () => {
    const { radio } = createLoopRadio();
    await expect(radio.connect('nobody', { signal: never })).rejects.toMatchObject({
      name: 'DialError',
      failure: 'not-in-range',
      message: 'nobody is there',
    });
  });

  it('gives up on both sides when it is asked to', async () => {
    const { radio, lines } = createLoopRadio();
    const controller = new AbortController();
    const outcome = expect(radio.connect('never', { signal: controller.signal })).rejects.toThrow(DialError);
    await radio.visit('somebody', Uint8Array.of(), { signal: never });
    controller.abort();
    await outcome;
    await radio.visit('somebody', Uint8Array.of(), { signal: never });
    expect(lines).toEqual(['given up here, too']);
  });

  it('closes a link that comes when it is no longer waited for', async () => {
    const { radio, lines } = createLoopRadio();
    const controller = new AbortController();
    const outcome = expect(radio.connect('late', { signal: controller.signal })).rejects.toThrow(DialError);
    controller.abort();
    await outcome;
    // One way for the link, one for its close, one for the line.
    for (const _ of Array(3)) await radio.visit('somebody', Uint8Array.of(), { signal: never });
    expect(lines).toEqual(['the late link was closed-here']);
  });

  it('begins nothing that was given up before', async () => {
    const { radio } = createLoopRadio();
    await expect(radio.connect('echo', { signal: AbortSignal.abort() })).rejects.toMatchObject({ failure: 'aborted' });
  });

  it('keeps the secrets of the environment from the process', async () => {
    process.env['SOME_PASSWORD'] = 'secret';
    onTestFinished(() => void delete process.env['SOME_PASSWORD']);
    const { radio } = createLoopRadio();
    const names = Buffer.from(await radio.visit('environment', Uint8Array.of(), { signal: never }))
      .toString()
      .split(' ');
    expect(names).toContain('PATH');
    expect(names).not.toContain('SOME_PASSWORD');
  });
});
