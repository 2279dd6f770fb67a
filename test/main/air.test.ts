import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { run } from '../../src/main/run.js';
import { connectHost } from '../transport/air/served.js';
import { createRecordedIo, makeTemporaryDirectory, type RecordedIo } from './recorded-io.js';
import { runCommand, startService } from './running-service.js';

const RESET = '01030c00';
const RESET_COMPLETE = '040e0401030c00';

interface RunningAir {
  readonly directory: string;
  readonly path: string;
  readonly io: RecordedIo;
  stop(): Promise<number>;
}

/** `tandem air` in this process, once it is ready; ended after the test. */
async function startAir(args: readonly string[] = []): Promise<RunningAir> {
  const directory = join(await makeTemporaryDirectory(), 'state');
  const io = createRecordedIo({ env: { TANDEM_STATE_DIR: directory } });
  const finished = run(['air', ...args], io);
  const stop = (): Promise<number> => {
    io.interrupt();
    return finished;
  };
  onTestFinished(async () => void (await stop()));
  await Promise.race([io.whenOut(/^Ctrl\+C/), finished]);
  const [, path = ''] = /controllers at (\S+),/.exec(io.outLines.join('\n')) ?? [];
  return { directory, path, io, stop };
}

describe('the air of the demo', () => {
  it('is where that of tandem air would be, so that further devices find it', async () => {
    const demo = await startService({ args: ['--demo'] });
    const path = join(demo.directory, 'air.sock');
    expect(demo.io.outLines.join('\n')).toContain(`npx tandem start --air ${path} …`);
    const host = await connectHost(path);
    host.write(RESET);
    await host.whenPacket(RESET_COMPLETE);
  });

  it('is elsewhere when another is there already', async () => {
    const air = await startAir();
    const demo = await startService({ directory: air.directory, args: ['--demo'] });
    const [, path = ''] = /--air (\S+) …/.exec(demo.io.outLines.join('\n')) ?? [];
    expect([path === air.path, path.endsWith('air.sock')]).toEqual([false, true]);
    expect((await runCommand(air.directory, ['send', 'phone', 'hello'])).out).toEqual(['phone: hello']);
    await demo.stop();
    await expect(stat(path)).rejects.toThrow('ENOENT');
  });
});

describe('tandem air', () => {
  it('serves controllers in the state directory, says how to start brokers on them, and ends on Ctrl+C', async () => {
    const { directory, path, io, stop } = await startAir();
    expect(path).toBe(join(directory, 'air.sock'));
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    expect(io.outLines).toContain(`  npx tandem start --air ${path}`);
    const host = await connectHost(path);
    host.write(RESET);
    await host.whenPacket(RESET_COMPLETE);
    expect(await stop()).toBe(0);
    await host.ended;
    await expect(stat(path)).rejects.toThrow('ENOENT');
    expect(io.errLines).toEqual([]);
  });

  it('serves them at another path, and makes no state directory then', async () => {
    const path = join(await makeTemporaryDirectory(), 'other.sock');
    const air = await startAir(['--socket', path]);
    expect(air.path).toBe(path);
    await expect(stat(air.directory)).rejects.toThrow('ENOENT');
  });

  it('says which adapters come and go, without control characters', async () => {
    const { path, io } = await startAir();
    const host = await connectHost(path);
    host.say({ type: 'name', name: 'pho\u001bne' });
    expect(await io.whenOut(/^\+/)).toMatch(/^\+ pho\\u001bne \(([0-9a-f]{2}:){5}[0-9a-f]{2}\)$/);
    host.socket.destroy();
    expect(await io.whenOut(/^-/)).toBe('- pho\\u001bne: it left');
  });

  it('says why it refuses a client', async () => {
    const { path, io } = await startAir();
    const host = await connectHost(path);
    host.write(`ff4200 01 ${'41'.repeat(65)}`);
    await host.ended;
    expect(io.errLines).toEqual(['A client was refused: the name of an adapter has 1 to 64 bytes, not 65.']);
  });

  it('writes every packet to a file that Wireshark reads', async () => {
    const trace = join(await makeTemporaryDirectory(), 'air.btsnoop');
    const { path, io, stop } = await startAir(['--trace', trace]);
    expect(io.outLines).toContain(`Every packet is written to ${trace}`);
    const host = await connectHost(path);
    host.write(RESET);
    await host.whenPacket(RESET_COMPLETE);
    await stop();
    const written = await readFile(trace, 'latin1');
    expect(written.slice(0, 7)).toBe('btsnoop');
    expect(written).toContain('\x0e\x04\x01\x03\x0c\x00');
  });

  it('ends when the trace cannot be written, and says why', async () => {
    const directory = await makeTemporaryDirectory();
    const { exitCode, out, err } = await runCommand(directory, [
      'air',
      '--trace',
      join(directory, 'none', 'a.btsnoop'),
    ]);
    expect(exitCode).toBe(1);
    expect(err[0]).toContain('The trace cannot be written: ENOENT');
    expect(out).toEqual([]);
    await expect(stat(join(directory, 'air.sock'))).rejects.toThrow('ENOENT');
  });

  it('takes the time of a radio if asked', async () => {
    const { io } = await startAir(['--timing', 'modelled', '--packets-per-event', '4']);
    expect(io.outLines.join('\n')).toContain('with the timing of a radio');
  });

  it('refuses a path where another air is served', async () => {
    const { path, directory } = await startAir();
    const { exitCode, err } = await runCommand(directory, ['air']);
    expect(exitCode).toBe(1);
    expect(err[0]).toContain(`The air cannot be served: another program is listening at ${path}.`);
  });

  it('refuses a path where something else is', async () => {
    const directory = await makeTemporaryDirectory();
    await writeFile(join(directory, 'air.sock'), '');
    const { exitCode, err } = await runCommand(directory, ['air']);
    expect(exitCode).toBe(1);
    expect(err[0]).toContain('is not a socket');
  });

  it.each([
    [['--timing', 'slow'], "argument 'slow' is invalid. Allowed choices are instant, modelled."],
    [['--packets-per-event', '4'], '--packets-per-event needs --timing modelled.'],
    [['--timing', 'modelled', '--packets-per-event', '0'], 'It takes a whole number from 1 to 64.'],
    [['now'], "too many arguments for 'air'."],
  ])('does not take %j', async (args, words) => {
    const { exitCode, err } = await runCommand(await makeTemporaryDirectory(), ['air', ...args]);
    expect(exitCode).toBe(2);
    expect(err[0]).toContain(words);
  });
});
