import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { lastValueFrom, merge } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createLoopRadio, createWatch, exit, never, passingTime, processIdOf } from './radio-processes.js';

describe('the end of a radio process', () => {
  it('ends links, streams and the process', async () => {
    const watch = await createWatch();
    const { radio } = createLoopRadio({ watch: watch.path });
    const socket = await watch.next();
    const link = await radio.connect('echo', { signal: never });
    const all$ = merge<unknown[]>(radio.state$, radio.heard$, radio.incoming$, radio.cards$);
    const streams = new Promise<void>((complete) => all$.subscribe({ complete }));
    const waiting = expect(radio.connect('never', { signal: never })).rejects.toMatchObject({ failure: 'closed' });
    const gone = once(socket, 'close');
    await Promise.all([radio.close(), radio.close(), gone, waiting, streams]);
    expect(await lastValueFrom(link.ended$)).toBe('closed-here');
    await expect(radio.connect('echo', { signal: never })).rejects.toMatchObject({ failure: 'closed' });
  });

  it('is forced when the process does not answer', async () => {
    const watch = await createWatch();
    const loop = createLoopRadio({ watch: watch.path });
    const socket = await watch.next();
    process.kill(await processIdOf(loop), 'SIGSTOP');
    const gone = once(socket, 'close');
    await passingTime(loop.clock, 1_000, loop.radio.close());
    await gone;
  });

  it('comes with the end of the broker, however that ended', async () => {
    const watch = await createWatch();
    const broker = startBroker(watch.path);
    const gone = once(await watch.next(), 'close');
    broker.kill('SIGKILL');
    await gone;
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('is not what %s to the whole group means to it', async (signal) => {
    const loop = createLoopRadio();
    const before = await processIdOf(loop);
    process.kill(before, signal);
    expect(await processIdOf(loop)).toBe(before);
  });

  it('leaves nothing to start again', async () => {
    const loop = createLoopRadio();
    await exit(loop.radio);
    await loop.radio.close();
    loop.clock.increment(10_000);
    await expect(loop.radio.connect('echo', { signal: never })).rejects.toMatchObject({ failure: 'closed' });
  });
});

/** Another process with a radio process of its own. */
function startBroker(watch: string): ChildProcess {
  const program = `
    import { createRadioProcess } from ${JSON.stringify(new URL('../../../dist/transport/ble/process/radio-process.js', import.meta.url).href)};
    const entry = new URL(${JSON.stringify(new URL('./loop-radio-child.mjs', import.meta.url).href)});
    createRadioProcess({ peripheral: { type: 'h4', path: ${JSON.stringify(watch)} } }, { log: () => {}, entry });`;
  const broker = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: 'ignore' });
  onTestFinished(() => void broker.kill('SIGKILL'));
  return broker;
}
