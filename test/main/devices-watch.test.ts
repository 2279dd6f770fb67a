import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { NearbyDevice } from '../../src/client/interface.js';
import { formatChanges, formatNearby } from '../../src/main/nearby-text.js';
import { run } from '../../src/main/run.js';
import type { Terminal } from '../../src/main/terminal/io.js';
import { createHome, createInbox, type Home, openEchoSession } from '../client/fixture.js';
import { createRecordedIo, makeTemporaryDirectory } from './recorded-io.js';

const NOW_MS = 1_795_377_600_000;
const PHONE: NearbyDevice = {
  deviceId: 'a1',
  deviceName: 'phone',
  isOurs: true,
  isLinked: false,
  rssi: -51.6,
  lastSeen: NOW_MS - 2_400,
};
const STRANGER: NearbyDevice = { deviceId: 'c0de00000009', deviceName: '', isOurs: false, isLinked: false, rssi: -80 };

describe('tandem devices --watch, where results do not go to a terminal', () => {
  it('prints a line for each device that comes, is linked, or goes, and ends with 0 on Ctrl+C', async () => {
    const home = await createHome();
    const io = createRecordedIo();
    const finished = watch(home, io);
    await io.whenOut(/^\+ phone$/);
    const client = await home.connect();
    await client.registerApp({ bundleName: 'com.example.lamp', moduleName: 'entry', abilityName: 'Lamp' });
    await openEchoSession(client);
    await io.whenOut(/^= phone linked$/);
    await home.phone.close();
    await io.whenOut(/^- phone$/);
    io.interrupt();
    expect(await finished).toBe(0);
    expect(io.errLines).toEqual([]);
  });

  it('prints each list as JSON when asked to, on a terminal as well', async () => {
    const home = await createHome();
    const io = createRecordedIo();
    const redraw = vi.fn();
    const finished = watch(home, { ...io, redraw }, '--json');
    const line = await io.whenOut(/phone/);
    io.interrupt();
    expect(await finished).toBe(0);
    expect(JSON.parse(line)).toMatchObject([{ deviceId: 'phone', isOurs: true, isLinked: false }]);
    expect(redraw).not.toHaveBeenCalled();
  });

  it('ends when the gateway does, and says so', async () => {
    const home = await createHome();
    const io = createRecordedIo();
    const finished = watch(home, io);
    await io.whenOut(/phone/);
    await home.stopGateway();
    expect(await finished).toBe(1);
    expect(io.errLines).toEqual([expect.stringContaining('tandem: ')]);
  });
});

describe('tandem devices --watch, on a terminal', () => {
  it('draws the table anew for every change, and leaves no timer behind', async () => {
    const started = vi.spyOn(globalThis, 'setInterval');
    const stopped = vi.spyOn(globalThis, 'clearInterval');
    onTestFinished(() => void vi.restoreAllMocks());
    const home = await createHome();
    const io = createRecordedIo();
    const drawn = createInbox<string>();
    const finished = watch(home, { ...io, redraw: (lines) => drawn.put(lines.join('\n')) });
    expect((await drawn.take(1))[0]).toMatch(/^NAME .*\nphone /);
    const before = drawn.items.length;
    await home.phone.close();
    while (!drawn.items.slice(before).includes('No device is nearby.')) await drawn.take(drawn.items.length + 1);
    io.interrupt();
    expect(await finished).toBe(0);
    expect(io.outLines).toEqual([]);
    const [ticking] = started.mock.results.filter((_, call) => started.mock.calls[call]?.[1] === 1_000);
    expect(stopped).toHaveBeenCalledWith(ticking?.value);
    expect(ticking).toBeDefined();
  });
});

describe('the table of devices nearby', () => {
  it('has those of the account first, by name, then the others, the loudest first', () => {
    const lamp = { ...PHONE, deviceId: 'b2', deviceName: 'lamp', isLinked: true };
    const louder = { ...STRANGER, deviceId: 'c0de0000000a', rssi: -40 };
    expect(formatNearby([STRANGER, PHONE, louder, lamp], NOW_MS)).toEqual([
      'NAME   SIGNAL   HEARD    ACCOUNT  LINK    DEVICE ID',
      'lamp   -52 dBm  2 s ago  ours     linked  b2',
      'phone  -52 dBm  2 s ago  ours             a1',
      '       -40 dBm           another          c0de0000000a',
      '       -80 dBm           another          c0de00000009',
    ]);
  });

  it('shows no age below zero when the clock of the gateway is ahead', () => {
    expect(formatNearby([PHONE], NOW_MS - 60_000)[1]).toContain('0 s ago');
  });

  it('lets no name rewrite the terminal', () => {
    expect(formatNearby([{ ...PHONE, deviceName: '\u001b[2Jphone' }], NOW_MS)[1]).toMatch(/^\\u001b\[2Jphone /);
  });
});

describe('the lines about changes', () => {
  it('tell what came, went, and is linked or no longer, but not that a signal changed', () => {
    const linked = { ...PHONE, isLinked: true };
    expect(formatChanges([], [PHONE, STRANGER])).toEqual([
      '+ phone -52 dBm',
      '+ c0de00000009 -80 dBm of another account',
    ]);
    expect(formatChanges([PHONE], [linked])).toEqual(['= phone linked']);
    expect(formatChanges([linked], [PHONE, STRANGER])).toEqual([
      '= phone not linked',
      '+ c0de00000009 -80 dBm of another account',
    ]);
    expect(formatChanges([PHONE, STRANGER], [])).toEqual(['- phone', '- c0de00000009']);
    expect(formatChanges([PHONE], [{ ...PHONE, rssi: -70, lastSeen: NOW_MS }])).toEqual([]);
  });
});

/** Runs the command with the gateway of `home` to its end; resolves with the exit code. */
async function watch(home: Home, io: Terminal, ...options: string[]): Promise<number> {
  const directory = await makeTemporaryDirectory();
  const file = join(directory, 'token');
  await writeFile(file, await home.createToken());
  return run(['devices', '--watch', '--url', home.gateway.url, '--token-file', file, ...options], io);
}
