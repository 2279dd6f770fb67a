import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AdapterFacts, Facts, Probed } from '../../src/main/doctor/facts.js';
import { FINDINGS, type Finding, type FindingId } from '../../src/main/doctor/finding.js';
import { judge } from '../../src/main/doctor/judge.js';
import { exitCodeOf, formatFindings } from '../../src/main/doctor/report.js';
import { makeTemporaryDirectory } from './recorded-io.js';
import { runCommand } from './running-service.js';

/** A machine where all is well: one USB adapter, down, and the right for it. */
const SOUND: Facts = {
  platform: { name: 'linux', release: '6.1.0', architecture: 'x64', nodeVersion: 'v20.19.0', nodePath: '/opt/node' },
  packages: {
    '@abandonware/noble': '1.9.2',
    '@abandonware/bleno': '0.6.2',
    '@abandonware/bluetooth-hci-socket': '0.5.3',
  },
  build: { directory: '/home/ada/tandem', command: 'npm run build:radio' },
  hciSocket: known({ type: 'works', adapters: [{ number: 0, isUp: false }] }),
  kernel: known({ knowsBluetooth: true, hasModule: true }),
  adapters: known([adapter(0)]),
  rfkills: known([]),
  bluetoothd: known([]),
  capabilities: known({ netAdmin: true, netRaw: true }),
  radio: { role: 'central', channel: 'user' },
  selfTest: known({ discoverMs: 40, connectMs: 30, echoMs: 5 }),
};

describe('tandem doctor, on a machine where all is well', () => {
  it('finds nothing but that, and says what tandem start would use', () => {
    const findings = judge(SOUND);
    expect(findings.filter(({ level }) => level !== 'ok')).toEqual([]);
    expect(wordsOf(findings, 'radio')).toBe('tandem start would use hci0 on the user channel, as central.');
    expect(exitCodeOf(findings)).toBe(0);
  });

  it('gives the findings in the order in which they are listed', () => {
    const order = Object.keys(FINDINGS);
    const places = judge(SOUND).map(({ id }) => order.indexOf(id));
    expect(places).toEqual(places.toSorted((one, other) => one - other));
  });
});

describe('tandem doctor, where no radio can be used', () => {
  const cases: readonly (readonly [FindingId, Partial<Facts>, words: string])[] = [
    ['platform-not-tried', { platform: { ...SOUND.platform, name: 'darwin' } }, 'darwin'],
    ['socket-not-built', { hciSocket: known({ type: 'not-built' }) }, 'In /home/ada/tandem: npm run build:radio'],
    ['socket-failed', { hciSocket: known({ type: 'failed', reason: 'another Node' }) }, 'another Node'],
    ['not-looked-at', { hciSocket: { type: 'unknown', reason: 'it was too slow' } }, 'it was too slow'],
    ['kernel-without-bluetooth', withoutBluetooth({ hasModule: false }), 'AF_BLUETOOTH'],
    ['kernel-module-not-loaded', withoutBluetooth({ hasModule: true }), 'modprobe'],
    ['kernel-out-of-reach', { hciSocket: known({ type: 'no-bluetooth' }) }, '--net=host'],
    ['adapter-missing', { hciSocket: withAdapters(), adapters: known([]) }, 'no Bluetooth adapter'],
    ['adapter-up', { hciSocket: withAdapters(true) }, 'sudo hciconfig hci0 down'],
    ['adapter-down', { radio: { ...SOUND.radio, channel: 'raw' } }, 'sudo hciconfig hci0 up'],
    ['adapter-blocked', { rfkills: known([rfkill('hci0', 'soft')]) }, 'rfkill unblock'],
    ['adapter-blocked', { rfkills: known([rfkill('laptop', 'hard')]) }, 'by hardware'],
    ['permissions-missing', withRights({ netAdmin: false, netRaw: true }), '/opt/node'],
    ['not-looked-at', { capabilities: { type: 'unknown', reason: 'no CapEff' } }, 'no CapEff'],
  ];

  it.each(cases)('finds %s', (id, changes, words) => {
    const findings = judge({ ...SOUND, ...changes });
    const found = findings.find((finding) => finding.id === id);
    expect(`${found?.what} ${found?.advice}`).toContain(words);
    expect(findings.map((finding) => finding.id)).toContain('radio-missing');
    expect(exitCodeOf(findings)).toBe(4);
  });

  it('says what to do of every problem', () => {
    const problems = cases.flatMap(([, changes]) => judge({ ...SOUND, ...changes })).filter(isProblem);
    expect(problems.filter(({ advice }) => advice === undefined)).toEqual([]);
  });

  it('tells the socket from the adapter: one it cannot ask may be up or down', () => {
    const findings = judge({ ...SOUND, hciSocket: known({ type: 'not-built' }) });
    expect(wordsOf(findings, 'adapter')).toContain('only the native HCI socket can say');
  });

  it('has nothing to say of kernel and rights on other systems', () => {
    const ids = judge({ ...SOUND, platform: { ...SOUND.platform, name: 'darwin' } }).map(({ id }) => id);
    expect(ids).toEqual(['platform-not-tried', 'packages', 'radio-missing', 'self-test']);
  });
});

describe('tandem doctor, of adapters', () => {
  it('tells each, with what is known of it', () => {
    const facts = { ...SOUND, adapters: known([adapter(0), adapter(1)]), hciSocket: withAdapters(true, false) };
    const findings = judge(facts);
    expect(wordsOf(findings, 'adapter-up')).toContain('hci0 (usb, CSR8510 A10) is up');
    expect(wordsOf(findings, 'adapter')).toContain('hci1 (usb, CSR8510 A10) is there, and down');
    expect(wordsOf(findings, 'radio')).toContain('hci1 on the user channel');
  });

  it('knows one that only the socket lists', () => {
    const findings = judge({ ...SOUND, adapters: known([]) });
    expect(wordsOf(findings, 'adapter')).toContain('hci0 (unknown bus)');
    expect(wordsOf(findings, 'radio')).toContain('hci0');
  });

  it('goes by the number that the configuration has', () => {
    const findings = judge({ ...SOUND, radio: { ...SOUND.radio, adapter: 3 } });
    expect(wordsOf(findings, 'radio-missing')).toContain('hci3');
  });

  it('takes an adapter that is up for the raw channel, with the right for that, and warns', () => {
    const radio = { ...SOUND.radio, channel: 'raw' } as const;
    const findings = judge({
      ...SOUND,
      radio,
      hciSocket: withAdapters(true),
      ...withRights({ netAdmin: false, netRaw: true }),
    });
    expect(wordsOf(findings, 'radio')).toContain('hci0 on the raw channel');
    expect(wordsOf(findings, 'raw-channel')).toContain('40 s');
  });

  it('wants a free one for each half of both roles', () => {
    const radio = { ...SOUND.radio, role: 'both', adapter: 0, peripheralAdapter: 1 } as const;
    const two = { ...SOUND, radio, adapters: known([adapter(0), adapter(1)]), hciSocket: withAdapters(false, false) };
    expect(wordsOf(judge(two), 'radio')).toContain('hci0 and hci1');
    expect(judge(two).map(({ id }) => id)).not.toContain('one-adapter-for-both');
    expect(exitCodeOf(judge({ ...two, hciSocket: withAdapters(false, true) }))).toBe(4);
  });

  it('warns of one adapter for both roles, which is taken on the raw channel and so has to be up', () => {
    const radio = { ...SOUND.radio, role: 'both' } as const;
    const findings = judge({ ...SOUND, radio, hciSocket: withAdapters(true) });
    expect(wordsOf(findings, 'radio')).toContain('hci0 on the raw channel, as both');
    expect(findings.filter(({ level }) => level !== 'ok').map(({ id }) => id)).toEqual(['one-adapter-for-both']);
    expect(judge({ ...SOUND, radio }).map(({ id }) => id)).toContain('adapter-down');
  });

  it('does not warn of it on an air, where each role has a controller of its own', () => {
    const radio = { ...SOUND.radio, role: 'both', air: '/run/air' } as const;
    const findings = judge({ ...SOUND, radio, hciSocket: withAdapters(true) });
    expect(findings.map(({ id }) => id)).not.toContain('one-adapter-for-both');
  });

  it('notes bluetoothd, and an air in the configuration, which do not keep a radio from being used', () => {
    const radio = { ...SOUND.radio, air: '/run/air' };
    const findings = judge({ ...SOUND, bluetoothd: known([812]), radio });
    expect(wordsOf(findings, 'bluetoothd-running')).toContain('process 812');
    expect(wordsOf(findings, 'air-configured')).toContain('/run/air');
    expect(exitCodeOf(findings)).toBe(0);
  });
});

describe('tandem doctor, where the software does not work', () => {
  it('gives code 1 for a failed self-test, whatever the radio', () => {
    const findings = judge({ ...SOUND, selfTest: { type: 'unknown', reason: 'it took more than 30000 ms' } });
    expect(wordsOf(findings, 'self-test-failed')).toContain('30000 ms');
    expect(exitCodeOf(findings)).toBe(1);
  });

  it.each([
    ['@abandonware/bleno', 'noble and bleno are not where they belong.'],
    [
      '@abandonware/bluetooth-hci-socket',
      '@abandonware/bluetooth-hci-socket, which drives Bluetooth adapters, is not installed.',
    ],
  ])('says that %s is missing', (name, words) => {
    const findings = judge({ ...SOUND, packages: { ...SOUND.packages, [name]: undefined } });
    expect(wordsOf(findings, 'packages-missing')).toBe(words);
    expect(findings.map(({ id }) => id)).toContain('radio-missing');
  });
});

describe('the report of tandem doctor', () => {
  it('has a line for each finding and one for what to do, with the id of what may be looked up', () => {
    const findings: Finding[] = [
      { id: 'kernel', level: 'ok', what: 'The kernel knows Bluetooth.' },
      { id: 'adapter-down', level: 'note', what: 'hci0 is down.', advice: 'sudo hciconfig hci0 up' },
    ];
    expect(formatFindings(findings)).toEqual([
      'ok       The kernel knows Bluetooth.',
      'note     hci0 is down. [adapter-down]',
      '         → sudo hciconfig hci0 up',
    ]);
  });
});

describe('tandem doctor, on this machine', () => {
  it('tells the truth, and passes its self-test', async () => {
    const { exitCode, out, err } = await runCommand(await makeTemporaryDirectory(), ['doctor', '--json']);
    const report = JSON.parse(out.join('')) as { exitCode: number; findings: Finding[] }; // as docs/cli.md says
    const ids = report.findings.map(({ id }) => id);
    expect(err).toEqual([]);
    expect(report.exitCode).toBe(exitCode);
    expect(ids).toEqual(expect.arrayContaining(['packages', 'self-test']));
    expect(exitCode).toBe(ids.includes('radio') ? 0 : 4);
    const hasClass = existsSync('/sys/class/bluetooth');
    const aboutKernel = report.findings.find(({ id }) => id.startsWith('kernel'))?.id ?? '';
    expect(hasClass ? ['kernel', 'kernel-out-of-reach'] : UNKNOWING).toContain(aboutKernel);
    const isBuilt = existsSync(
      'node_modules/@abandonware/bluetooth-hci-socket/build/Release/bluetooth_hci_socket.node',
    );
    expect(ids).toContain(isBuilt ? 'socket' : 'socket-not-built');
  }, 180_000);

  it('reads the configuration, and refuses one that is not valid', async () => {
    const directory = await makeTemporaryDirectory();
    await writeFile(join(directory, 'config.json'), '{"radio":{"role":"hub"}}');
    const { exitCode, err } = await runCommand(directory, ['doctor']);
    expect(exitCode).toBe(1);
    expect(err[0]).toContain('configuration is not valid');
  });
});

const UNKNOWING = ['kernel-without-bluetooth', 'kernel-module-not-loaded'];

function known<Value>(value: Value): Probed<Value> {
  return { type: 'known', value };
}

function adapter(number: number): AdapterFacts {
  return { number, bus: 'usb', product: 'CSR8510 A10', address: undefined };
}

function withAdapters(...isUp: readonly boolean[]): Facts['hciSocket'] {
  return known({ type: 'works', adapters: isUp.map((up, number) => ({ number, isUp: up })) });
}

function withoutBluetooth({ hasModule }: { hasModule: boolean }): Partial<Facts> {
  return {
    kernel: known({ knowsBluetooth: false, hasModule }),
    hciSocket: known({ type: 'no-bluetooth' }),
    adapters: known([]),
  };
}

function withRights(rights: { netAdmin: boolean; netRaw: boolean }): Partial<Facts> {
  return { capabilities: known(rights) };
}

function rfkill(name: string, block: 'soft' | 'hard') {
  return { name, isSoftBlocked: block === 'soft', isHardBlocked: block === 'hard' };
}

function isProblem({ level }: Finding): boolean {
  return level === 'problem';
}

function wordsOf(findings: readonly Finding[], id: FindingId): string | undefined {
  return findings.find((finding) => finding.id === id)?.what;
}
