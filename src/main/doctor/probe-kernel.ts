/** Asks the kernel's files what it knows of Bluetooth, who uses it, and what this process may do. */
import { join } from 'node:path';
import type { Capabilities, Kernel, Places } from './facts.js';
import { listNames, readText } from './read-place.js';

/** `release` is that of the kernel which runs. */
export async function probeKernel({ sys, proc, modules }: Places, release: string): Promise<Kernel> {
  const [classes, protocols, dependencies] = await Promise.all([
    listNames(join(sys, 'class/bluetooth')),
    readText(join(proc, 'net/protocols')),
    readText(join(modules, release, 'modules.dep')),
  ]);
  return {
    knowsBluetooth: classes !== undefined || /^HCI\s/m.test(protocols ?? ''),
    hasModule: /\/bluetooth\.ko(\.\w+)?:/.test(dependencies ?? ''),
  };
}

/** Process ids of BlueZ's daemon, as far as this process may see others. */
export async function probeBluetoothd({ proc }: Pick<Places, 'proc'>): Promise<readonly number[]> {
  const ids = ((await listNames(proc)) ?? []).filter((name) => /^\d+$/.test(name));
  const names = await Promise.all(ids.map((id) => readText(join(proc, id, 'comm'))));
  return ids.filter((_, index) => names[index] === 'bluetoothd').map(Number);
}

/** Throws where the kernel does not say. */
export async function probeCapabilities({ proc }: Pick<Places, 'proc'>): Promise<Capabilities> {
  const status = await readText(join(proc, 'self/status'));
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(status ?? '')?.[1];
  if (effective === undefined) throw new Error('there is no CapEff in its status');
  const bits = BigInt(`0x${effective}`);
  return { netAdmin: hasBit(bits, CAP_NET_ADMIN), netRaw: hasBit(bits, CAP_NET_RAW) };
}

// Source: linux/capability.h.
const CAP_NET_ADMIN = 12n;
const CAP_NET_RAW = 13n;

function hasBit(bits: bigint, position: bigint): boolean {
  return ((bits >> position) & 1n) === 1n;
}
