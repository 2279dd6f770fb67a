/** Asks every probe about this machine. */
import { realpath } from 'node:fs/promises';
import { arch, release } from 'node:os';
import { findHciSocket, listRadioPackages } from '../../transport/ble/radio-packages.js';
import { tryHciSocket } from '../../transport/ble/try-hci-socket.js';
import type { RadioConfig } from '../config/radio-settings.js';
import type { Facts, Places, Platform, Probed, SelfTestTimes } from './facts.js';
import { findBuild } from './find-build.js';
import { probe } from './probe.js';
import { probeAdapters, probeRfkills } from './probe-adapters.js';
import { probeBluetoothd, probeCapabilities, probeKernel } from './probe-kernel.js';

/** How long the trial of the native socket may take, in milliseconds: starting Node takes seconds on an emulated processor. */
const TRIAL_LIMIT_MS = 30_000;
/** How long the self-test may take, in milliseconds: each of its steps has a limit, this one is for what has none. */
const SELF_TEST_LIMIT_MS = 120_000;

/** Reads this machine. The longest it takes is the limit of the self-test and a little. */
export async function gatherFacts(radio: RadioConfig, places: Places): Promise<Facts> {
  const packages = listRadioPackages();
  const directory = findHciSocket()?.directory;
  const platform = await readPlatform();
  const [hciSocket, kernel, adapters, rfkills, bluetoothd, capabilities, build] = await Promise.all([
    // It keeps the limit itself; the other one is for a process that cannot be killed.
    probe(() => tryHciSocket(directory ?? '', TRIAL_LIMIT_MS), 2 * TRIAL_LIMIT_MS),
    probe(() => probeKernel(places, platform.release)),
    probe(() => probeAdapters(places)),
    probe(() => probeRfkills(places)),
    probe(() => probeBluetoothd(places)),
    probe(() => probeCapabilities(places)),
    directory === undefined ? undefined : findBuild(directory),
  ]);
  // Afterwards, so that what is measured has the machine for itself.
  const selfTest = await testSelf(packages);
  return {
    platform,
    packages,
    build,
    hciSocket,
    kernel,
    adapters,
    rfkills,
    bluetoothd,
    capabilities,
    radio,
    selfTest,
  };
}

async function readPlatform(): Promise<Platform> {
  return {
    name: process.platform,
    release: release(),
    architecture: arch(),
    nodeVersion: process.version,
    // A package manager's node may be a link: capabilities belong to the file.
    nodePath: await realpath(process.execPath).catch(() => process.execPath),
  };
}

async function testSelf(packages: Facts['packages']): Promise<Probed<SelfTestTimes>> {
  const isThere = packages['@abandonware/noble'] !== undefined && packages['@abandonware/bleno'] !== undefined;
  if (!isThere) return { type: 'unknown', reason: 'it takes noble and bleno' };
  // Loaded within the probe: what is broken there is a finding, too.
  return probe(async () => (await import('./self-test.js')).testOnAir(), SELF_TEST_LIMIT_MS);
}
