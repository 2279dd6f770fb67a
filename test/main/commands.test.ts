import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeTemporaryDirectory } from './recorded-io.js';
import { runCommand, startService } from './running-service.js';

describe('tandem devices', () => {
  it('lists names and ids', async () => {
    const { directory } = await startService();
    const { exitCode, out } = await runCommand(directory, ['devices']);
    expect(exitCode).toBe(0);
    expect(out).toEqual([
      expect.stringMatching(/^NAME {3}DEVICE ID$/),
      expect.stringMatching(/^phone {2}[0-9a-f]{16}$/),
    ]);
  });

  it('prints JSON that programs can read', async () => {
    const { directory } = await startService();
    const { out } = await runCommand(directory, ['devices', '--json']);
    expect(JSON.parse(out.join(''))).toEqual([
      { networkId: expect.any(String), deviceId: expect.any(String), deviceName: 'phone' },
    ]);
  });

  it('says so when there is none', async () => {
    const { directory } = await startService({ args: [] });
    expect(await runCommand(directory, ['devices'])).toMatchObject({
      exitCode: 0,
      out: [expect.stringContaining('No device')],
    });
  });

  it('reaches another gateway by url and token', async () => {
    const { directory, io } = await startService();
    const url = /ws:\S+(?=,)/.exec(await io.whenOut(/gateway at/))?.[0] ?? '';
    const args = ['devices', '--json', '--url', url, '--token-file', join(directory, 'token')];
    expect((await runCommand(await makeTemporaryDirectory(), args)).exitCode).toBe(0);
  });

  it('says how to start a gateway when none runs, with exit code 3', async () => {
    const directory = await makeTemporaryDirectory();
    const { exitCode, err } = await runCommand(directory, ['devices']);
    expect(exitCode).toBe(3);
    expect(err).toEqual([
      `tandem: No gateway is running with ${directory}.`,
      expect.stringContaining('tandem start'),
      expect.stringContaining('--url'),
    ]);
  });

  it('says the same when the gateway was killed and left its file', async () => {
    const directory = await makeTemporaryDirectory();
    await writeFile(join(directory, 'gateway.json'), JSON.stringify({ url: 'ws://127.0.0.1:1/v1/ws', pid: 1 }));
    await writeFile(join(directory, 'token'), 'token');
    const { exitCode, err } = await runCommand(directory, ['devices']);
    expect(exitCode).toBe(3);
    expect(err[0]).toContain('cannot be reached');
  });

  it('says the same when a crash cut that file short', async () => {
    const directory = await makeTemporaryDirectory();
    await writeFile(join(directory, 'gateway.json'), '{"url":"ws://127.0');
    expect(await runCommand(directory, ['devices'])).toMatchObject({ exitCode: 3, out: [] });
  });

  it('says so when the token is not known', async () => {
    const { directory } = await startService();
    await writeFile(join(directory, 'token'), 'stale');
    const { exitCode, err } = await runCommand(directory, ['devices']);
    expect(exitCode).toBe(1);
    expect(err[0]).toContain('does not know this token');
    expect(err.join()).not.toContain('stale');
  });

  it('says so when there is no token', async () => {
    const directory = await makeTemporaryDirectory();
    const { exitCode, err } = await runCommand(directory, ['devices', '--url', 'ws://127.0.0.1:1/v1/ws']);
    expect(exitCode).toBe(1);
    expect(err.at(-1)).toContain('--token-file');
  });
});

describe('tandem send', () => {
  it('prints what the echo app sends back', async () => {
    const { directory } = await startService();
    expect(await runCommand(directory, ['send', 'phone', 'hello', 'over', 'there'])).toEqual({
      exitCode: 0,
      out: ['phone: hello over there'],
      err: [],
    });
  });

  it('takes the id of a device as well as its name', async () => {
    const { directory } = await startService();
    const [device] = JSON.parse((await runCommand(directory, ['devices', '--json'])).out.join(''));
    expect(await runCommand(directory, ['send', device.deviceId, 'hi'])).toMatchObject({
      exitCode: 0,
      out: ['phone: hi'],
    });
  });

  it('sends a file after the text, and waits for both answers', async () => {
    const { directory } = await startService();
    const path = join(directory, 'picture');
    await writeFile(path, Buffer.alloc(100_000, 7));
    const { exitCode, out } = await runCommand(directory, ['send', 'phone', 'look', '--data', path]);
    expect(exitCode).toBe(0);
    expect([...out].sort()).toEqual(['phone: 100,000 bytes', 'phone: look']);
  });

  it('does not wait when told so', async () => {
    const { directory } = await startService();
    const { exitCode, out } = await runCommand(directory, ['send', 'phone', 'hi', '--no-wait']);
    expect({ exitCode, last: out.at(-1) }).toEqual({ exitCode: 0, last: 'Delivered to phone.' });
  });

  it('runs several times at once', async () => {
    const { directory } = await startService();
    const texts = ['one', 'two', 'three'];
    const outcomes = await Promise.all(texts.map((text) => runCommand(directory, ['send', 'phone', text])));
    expect(outcomes.map(({ out }) => out)).toEqual(texts.map((text) => [`phone: ${text}`]));
  });

  it('names the devices in range when the one asked for is not', async () => {
    const { directory } = await startService();
    const { exitCode, err } = await runCommand(directory, ['send', 'phnoe', 'hi']);
    expect(exitCode).toBe(1);
    expect(err).toEqual(['tandem: No device "phnoe" is in range.', 'Did you mean phone?', 'In range: phone']);
  });

  it('says why a session was refused', async () => {
    const { directory } = await startService();
    const { exitCode, err } = await runCommand(directory, ['send', 'phone', 'hi', '--app', 'no/such/App']);
    expect(exitCode).toBe(1);
    expect(err).toEqual([
      expect.stringMatching(/No session with phone: PEER_ABILITY_NO_ONCOLLABORATE/),
      'no/such/App is not registered with onCollaborate on phone. Start it there.',
      'It was session 100: tandem trace 100 shows what happened.',
    ]);
  });

  it.each([
    ['x'.repeat(1_025), '1,025'],
    ['ü'.repeat(35_000), '70,000'],
  ])('says how long a text is, and may be', async (text, bytes) => {
    const { directory } = await startService();
    const { exitCode, err } = await runCommand(directory, ['send', 'phone', text]);
    expect(exitCode).toBe(1);
    expect(err[0]).toBe(`tandem: Parameter error. The text has ${bytes} bytes; at most 1,024 can be sent as a text.`);
  });

  it('says how long the name of a service is, and may be', async () => {
    const { directory } = await startService();
    const { exitCode, err } = await runCommand(directory, ['send', 'phone', 'hi', '--service', '🙂'.repeat(70_000)]);
    expect(exitCode).toBe(1);
    expect(err[0]).toBe('tandem: Parameter error. The service name has 70,000 characters; it may have 256.');
  });

  it('says how large a file is, and may be, without reading it', async () => {
    const directory = await makeTemporaryDirectory();
    const path = join(directory, 'film');
    await writeFile(path, '');
    await truncate(path, 5_000_000_000);
    const { exitCode, err } = await runCommand(directory, ['send', 'phone', '--data', path]);
    expect(exitCode).toBe(1);
    expect(err[0]).toBe(`tandem: Parameter error. ${path} has 5,000,000,000 bytes; data must be below 83,886,080.`);
  });

  it('says so when the file cannot be read', async () => {
    const { exitCode, err } = await runCommand(await makeTemporaryDirectory(), ['send', 'phone', '--data', 'missing']);
    expect(exitCode).toBe(1);
    expect(err[0]).toMatch(/The data cannot be read: ENOENT/);
  });

  it('leaves no session behind', async () => {
    const { directory } = await startService();
    await runCommand(directory, ['send', 'phone', 'hello']);
    expect(await runCommand(directory, ['sessions'])).toMatchObject({ exitCode: 0, out: ['There are no sessions.'] });
  });
});

describe('tandem trace', () => {
  it('shows what happened to a session that is gone by now, and says why it failed', async () => {
    const { directory } = await startService();
    await runCommand(directory, ['send', 'phone', 'hi', '--app', 'no/such/App']);
    const { exitCode, out } = await runCommand(directory, ['trace', '100']);
    expect(exitCode).toBe(0);
    expect(out[0]).toMatch(/^Session 100, .* with no on phone: destroyed$/);
    expect(out).toContainEqual(expect.stringMatching(/^\+\d\.\d{3} s +session +connect +created → connecting$/));
    expect(out).toContainEqual(expect.stringMatching(/^\+\d\.\d{3} s +far +frame reject .*errorCode: 4/));
    expect(out.at(-1)).toBe('no/such/App is not registered with onCollaborate on phone. Start it there.');
    expect(out.join()).not.toContain('\u001b');
  });

  it('prints JSON that programs can read', async () => {
    const { directory } = await startService();
    await runCommand(directory, ['send', 'phone', 'hi']);
    const { out } = await runCommand(directory, ['trace', '100', '--json']);
    expect(JSON.parse(out.join(''))).toMatchObject({ sessionId: 100, counters: { textsSent: 1, textsReceived: 1 } });
  });

  it('says so when there is no such session, or no number', async () => {
    const { directory } = await startService();
    expect((await runCommand(directory, ['trace', '4711'])).err.join()).toContain(
      'There is no trace of a session 4711',
    );
    expect(await runCommand(directory, ['trace'])).toMatchObject({ exitCode: 2 });
    expect(await runCommand(directory, ['trace', 'first'])).toMatchObject({ exitCode: 2 });
  });
});
