import { firstValueFrom, lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { DialError, Link } from '../../../src/transport/transport.js';
import { turns } from '../../support/time.js';
import { createLoopRadio, exit, type LoopRadio, never, processIdOf, untilState } from './radio-processes.js';

describe('a radio process that ends', () => {
  it('takes links and requests with it and is resetting until the next one is there', async () => {
    const loop = createLoopRadio();
    const { radio, clock } = loop;
    const states: string[] = [];
    radio.state$.subscribe((state) => states.push(state));
    const link = await radio.connect('echo', { signal: never });
    const request = expect(radio.connect('never', { signal: never })).rejects.toMatchObject({ failure: 'radio-off' });
    process.kill(await processIdOf(loop), 'SIGKILL');
    expect(await lastValueFrom(link.ended$)).toBe('lost');
    await request;
    await expect(radio.connect('echo', { signal: never })).rejects.toMatchObject({ failure: 'radio-off' });
    clock.increment(250);
    await untilState(radio, 'poweredOn');
    expect(states).toEqual(['unknown', 'poweredOn', 'resetting', 'poweredOn']);
    await echoes(await radio.connect('echo', { signal: never }));
  });

  it('shows again what was advertised last', async () => {
    const loop = createLoopRadio();
    loop.radio.advertise({ hint: Uint8Array.of(1), card: Uint8Array.of(1) });
    loop.radio.advertise({ hint: Uint8Array.of(2), card: Uint8Array.of(2) });
    process.kill(await processIdOf(loop), 'SIGKILL');
    await untilState(loop.radio, 'resetting');
    const card = firstValueFrom(loop.radio.cards$);
    loop.clock.increment(250);
    expect(await card).toEqual(Uint8Array.of(2));
  });

  it('is started again after a pause that doubles, and is short again when it ran well', async () => {
    const { radio, clock, lines } = createLoopRadio();
    for (const pauseMs of [250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]) {
      await untilState(radio, 'poweredOn');
      await exit(radio);
      clock.increment(pauseMs - 1);
      await turns();
      await expect(radio.connect('echo', { signal: never })).rejects.toMatchObject({ failure: 'radio-off' });
      clock.increment(1);
    }
    await untilState(radio, 'poweredOn');
    for (let seconds = 0; seconds < 30; seconds += 1) {
      clock.increment(1_000);
      await radio.visit('pid', Uint8Array.of(), { signal: never });
    }
    await exit(radio);
    expect(lines.at(-1)).toBe('the radio process ended with exit code 3; the next starts in 250 ms');
  });

  it('says what broke it', async () => {
    const { radio, lines } = createLoopRadio();
    const link = await radio.connect('crash', { signal: never });
    expect(await lastValueFrom(link.ended$)).toBe('lost');
    expect(lines[0]).toMatch(/^the radio process failed: Error: something in a package broke badly at crash/);
    expect(lines[1]).toBe('the radio process ended with exit code 1; the next starts in 250 ms');
  });

  it('is ended when it does not answer for 10 seconds', async () => {
    const loop = createLoopRadio();
    const link = await loop.radio.connect('echo', { signal: never });
    process.kill(await processIdOf(loop), 'SIGSTOP');
    for (const _ of Array(5)) await beat(loop);
    expect(await Promise.race([lastValueFrom(link.ended$), 'open'])).toBe('open');
    await beat(loop);
    expect(await lastValueFrom(link.ended$)).toBe('lost');
    expect(loop.lines[0]).toBe('the radio process has not answered for 12000 ms and is ended');
  });

  it('may be silent for a minute where connecting blocks it', async () => {
    const loop = createLoopRadio({ channel: 'raw' });
    const link = await loop.radio.connect('echo', { signal: never });
    process.kill(await processIdOf(loop), 'SIGSTOP');
    for (const _ of Array(30)) await beat(loop);
    expect(await Promise.race([lastValueFrom(link.ended$), 'open'])).toBe('open');
    await beat(loop);
    expect(await lastValueFrom(link.ended$)).toBe('lost');
  });

  it('goes on while it answers', async () => {
    const loop = createLoopRadio();
    await untilState(loop.radio, 'poweredOn');
    const before = await processIdOf(loop);
    for (const _ of Array(20)) {
      await beat(loop);
      await loop.radio.visit('somebody', Uint8Array.of(), { signal: never });
    }
    expect(await processIdOf(loop)).toBe(before);
  });
});

describe('a radio process without a radio', () => {
  it.each([
    ['EAFNOSUPPORT', 'unsupported'],
    ['ENOENT', 'unsupported'],
    ['EPERM', 'unauthorized'],
    ['EACCES', 'unauthorized'],
  ] as const)('that fails with %s is %s and says why once', async (why, state) => {
    const { radio, clock, lines } = createLoopRadio({ why });
    const states: string[] = [];
    radio.state$.subscribe((next) => states.push(next));
    await untilState(radio, state);
    const refused = async () => radio.connect('echo', { signal: never }).catch((error: DialError) => error.message);
    for (let starts = 0; starts < 2; starts += 1) {
      await untilRefused(refused, 'the radio process is being started again');
      clock.increment(29_999);
      expect(await refused()).toBe('the radio process is being started again');
      clock.increment(1);
      await untilRefused(refused, 'the radio process ended');
    }
    expect(states).toEqual(['unknown', state]);
    expect(lines).toEqual([`no radio: no socket: ${why}`]);
  });
});

async function echoes(link: Link): Promise<void> {
  const arrived = firstValueFrom(link.packets$);
  link.write(Uint8Array.of(7));
  expect(await arrived).toEqual(Uint8Array.of(7));
}

/** One turn of the watch; what the process still says is read. */
async function beat({ clock }: LoopRadio): Promise<void> {
  clock.increment(2_000);
  await turns(20);
}

/** Asks until the answer is the wanted one: a process comes or goes in its own time. */
async function untilRefused(ask: () => Promise<unknown>, wanted: string): Promise<void> {
  while ((await ask()) !== wanted) await turns(20);
}
