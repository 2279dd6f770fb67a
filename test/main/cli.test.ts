import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { startDemo, tandem } from './program.js';
import { makeTemporaryDirectory } from './recorded-io.js';

describe('the program tandem', () => {
  it('starts the demo, lists the phone, gets an echo from it, and ends on Ctrl+C', async () => {
    const directory = await makeTemporaryDirectory();
    const demo = await startDemo(directory);
    expect(demo.lines).toContain('  npx tandem send phone "hello"');

    const devices = await tandem(directory, 'devices');
    expect(devices).toMatchObject({ code: 0, err: '' });
    expect(devices.out).toMatch(/^NAME +DEVICE ID\nphone +[0-9a-f]{16}\n$/);
    expect(await tandem(directory, 'send', 'phone', 'hello')).toEqual({ code: 0, out: 'phone: hello\n', err: '' });

    expect(await demo.end('SIGINT')).toBe(0);
    expect(await tandem(directory, 'devices')).toMatchObject({ code: 3, out: '' });
  });

  it('ends on SIGTERM as well', async () => {
    const demo = await startDemo(await makeTemporaryDirectory());
    expect(await demo.end('SIGTERM')).toBe(0);
  });

  it('starts again after it was killed, with the same device and token', async () => {
    const directory = await makeTemporaryDirectory();
    const killed = await startDemo(directory);
    const token = await readFile(`${directory}/token`, 'utf8');
    expect(await killed.end('SIGKILL')).toBeNull();
    await startDemo(directory);
    expect(await readFile(`${directory}/token`, 'utf8')).toBe(token);
    expect(await tandem(directory, 'send', 'phone', 'again')).toMatchObject({ code: 0, out: 'phone: again\n' });
  });

  it('refuses a second start on the same state', async () => {
    const directory = await makeTemporaryDirectory();
    await startDemo(directory);
    const second = await tandem(directory, 'start', '--port', '0');
    expect(second).toMatchObject({ code: 1, out: '' });
    expect(second.err).toMatch(/already running with .* \(process \d+\)/);
  });

  it('ends with 2 on a command that does not exist', async () => {
    const { code, out, err } = await tandem(await makeTemporaryDirectory(), 'sned');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('Did you mean send?');
  });

  it('begins with a line that makes it a program', async () => {
    expect(await readFile('dist/main/cli.js', 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });
});
