import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Places } from '../../src/main/doctor/facts.js';
import { findBuild } from '../../src/main/doctor/find-build.js';
import { probe } from '../../src/main/doctor/probe.js';
import { probeAdapters, probeRfkills } from '../../src/main/doctor/probe-adapters.js';
import { probeBluetoothd, probeCapabilities, probeKernel } from '../../src/main/doctor/probe-kernel.js';
import { makeTemporaryDirectory } from './recorded-io.js';

/** A machine's files: texts by path; what begins with `->` is a link. */
async function makePlaces(files: Readonly<Record<string, string>>): Promise<Places> {
  const root = await makeTemporaryDirectory();
  for (const [path, text] of Object.entries(files)) {
    const file = join(root, path);
    await mkdir(dirname(file), { recursive: true });
    if (text.startsWith('->')) await symlink(text.slice(2), file);
    else await writeFile(file, text);
  }
  return { sys: join(root, 'sys'), proc: join(root, 'proc'), modules: join(root, 'modules') };
}

/** A USB dongle at hci0, a UART at hci1, a virtual adapter at hci10, and a connection of hci0. */
const ADAPTERS = {
  'sys/devices/usb1/1-1/product': 'CSR8510 A10\n',
  'sys/devices/usb1/1-1/1-1:1.0/subsystem': '->../../../../bus/usb',
  'sys/devices/usb1/1-1/1-1:1.0/bluetooth/hci0/device': '->../../../1-1:1.0',
  'sys/devices/usb1/1-1/1-1:1.0/bluetooth/hci0/address': '00:1a:7d:da:71:13\n',
  'sys/devices/serial0-0/subsystem': '->../../bus/serial',
  'sys/devices/serial0-0/bluetooth/hci1/device': '->../../../serial0-0',
  'sys/devices/virtual/bluetooth/hci10/uevent': 'DEVTYPE=host\n',
  'sys/class/bluetooth/hci10': '->../../devices/virtual/bluetooth/hci10',
  'sys/class/bluetooth/hci1': '->../../devices/serial0-0/bluetooth/hci1',
  'sys/class/bluetooth/hci0': '->../../devices/usb1/1-1/1-1:1.0/bluetooth/hci0',
  'sys/class/bluetooth/hci0:64': '->../../devices/usb1/1-1/1-1:1.0/bluetooth/hci0/hci0:64',
};

describe('the probe of adapters', () => {
  it('finds bus, product and address where the kernel tells them', async () => {
    expect(await probeAdapters(await makePlaces(ADAPTERS))).toEqual([
      { number: 0, bus: 'usb', product: 'CSR8510 A10', address: '00:1a:7d:da:71:13' },
      { number: 1, bus: 'serial', product: undefined, address: undefined },
      { number: 10, bus: 'virtual', product: undefined, address: undefined },
    ]);
  });

  it('finds none where the kernel knows no Bluetooth', async () => {
    expect(await probeAdapters(await makePlaces({}))).toEqual([]);
  });
});

describe('the probe of rfkill', () => {
  it('finds the switches of Bluetooth and no others', async () => {
    const places = await makePlaces({
      'sys/class/rfkill/rfkill0/type': 'wlan\n',
      'sys/class/rfkill/rfkill0/name': 'phy0\n',
      'sys/class/rfkill/rfkill0/soft': '1\n',
      'sys/class/rfkill/rfkill1/type': 'bluetooth\n',
      'sys/class/rfkill/rfkill1/name': 'hci0\n',
      'sys/class/rfkill/rfkill1/soft': '1\n',
      'sys/class/rfkill/rfkill1/hard': '0\n',
    });
    expect(await probeRfkills(places)).toEqual([{ name: 'hci0', isSoftBlocked: true, isHardBlocked: false }]);
  });
});

describe('the probe of the kernel', () => {
  it.each([
    ['its class of devices', { 'sys/class/bluetooth/.keep': '' }],
    ['its list of protocols', { 'proc/net/protocols': 'protocol  size sockets\nHCI        920      0\n' }],
  ])('knows Bluetooth by %s', async (_, files) => {
    expect(await probeKernel(await makePlaces(files), '6.1.0')).toEqual({ knowsBluetooth: true, hasModule: false });
  });

  it('finds a module that is not loaded, of the kernel that runs', async () => {
    const places = await makePlaces({
      'proc/net/protocols': 'protocol  size sockets\nTCP 2304 1\n',
      'modules/6.1.0/modules.dep': 'kernel/net/bluetooth/bluetooth.ko.xz: kernel/crypto/ecdh_generic.ko.xz\n',
      'modules/6.2.0/modules.dep': 'kernel/drivers/bluetooth/btusb.ko: kernel/net/bluetooth/bluetooth.ko\n',
    });
    expect(await probeKernel(places, '6.1.0')).toEqual({ knowsBluetooth: false, hasModule: true });
    expect(await probeKernel(places, '6.2.0')).toEqual({ knowsBluetooth: false, hasModule: false });
  });
});

describe('the probe of bluetoothd', () => {
  it('finds it by its name, and nothing with a similar one', async () => {
    const places = await makePlaces({
      'proc/1/comm': 'systemd\n',
      'proc/77/comm': 'bluetoothd\n',
      'proc/78/comm': 'bluetoothd-help\n',
      'proc/net/comm': 'bluetoothd\n',
    });
    expect(await probeBluetoothd(places)).toEqual([77]);
    expect(await probeBluetoothd(await makePlaces({}))).toEqual([]);
  });
});

describe('the probe of capabilities', () => {
  it.each([
    ['0000000000000000', { netAdmin: false, netRaw: false }],
    ['0000000000001000', { netAdmin: true, netRaw: false }],
    ['0000000000002000', { netAdmin: false, netRaw: true }],
    ['000001ffffffffff', { netAdmin: true, netRaw: true }],
  ])('reads %s', async (bits, expected) => {
    const status = `Name:\tnode\nCapInh:\t000001ffffffffff\nCapPrm:\t000001ffffffffff\nCapEff:\t${bits}\n`;
    expect(await probeCapabilities(await makePlaces({ 'proc/self/status': status }))).toEqual(expected);
  });

  it('throws where the kernel does not say', async () => {
    await expect(probeCapabilities(await makePlaces({}))).rejects.toThrow('CapEff');
  });
});

describe('the build command', () => {
  it.each([
    ['Tandem', '{"scripts":{"build:radio":"…"}}', 'npm run build:radio'],
    ['another project', '{"scripts":{}}', 'npm rebuild @abandonware/bluetooth-hci-socket --ignore-scripts=false'],
    ['what is none', 'not JSON', 'npm rebuild @abandonware/bluetooth-hci-socket --ignore-scripts=false'],
  ])('of %s', async (_, manifest, command) => {
    const home = await makeTemporaryDirectory();
    await writeFile(join(home, 'package.json'), manifest);
    const directory = join(home, 'node_modules/@abandonware/bluetooth-hci-socket');
    expect(await findBuild(directory)).toEqual({ directory: home, command });
  });

  it('belongs to the innermost node_modules', async () => {
    const home = '/usr/lib/node_modules/tandem-broker';
    expect(await findBuild(`${home}/node_modules/@abandonware/bluetooth-hci-socket`)).toMatchObject({
      directory: home,
    });
  });
});

describe('a probe', () => {
  it('that throws, or never ends, is unknown, and says why', async () => {
    const broken = await probe(() => {
      throw new Error('no such place');
    });
    expect(broken).toEqual({ type: 'unknown', reason: 'no such place' });
    expect(await probe(() => new Promise(() => {}), 1)).toEqual({ type: 'unknown', reason: 'it took more than 1 ms' });
  });
});
