/** Finds the Bluetooth adapters of this machine, and the switches that keep them silent. */
import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { AdapterFacts, Places, Rfkill } from './facts.js';
import { listNames, readTarget, readText } from './read-place.js';

/** In the order of their numbers. */
export async function probeAdapters({ sys }: Pick<Places, 'sys'>): Promise<readonly AdapterFacts[]> {
  const names = (await listNames(join(sys, 'class/bluetooth'))) ?? [];
  // Connections are listed there, too: hci0:64.
  const numbers = names.flatMap((name) => /^hci(\d+)$/.exec(name)?.[1] ?? []).map(Number);
  const sorted = numbers.toSorted((one, other) => one - other);
  return Promise.all(sorted.map((number) => readAdapter(join(sys, 'class/bluetooth', `hci${number}`), number)));
}

export async function probeRfkills({ sys }: Pick<Places, 'sys'>): Promise<readonly Rfkill[]> {
  const folder = join(sys, 'class/rfkill');
  const names = (await listNames(folder)) ?? [];
  const found = await Promise.all(names.map((name) => readRfkill(join(folder, name))));
  return found.filter((rfkill) => rfkill !== undefined);
}

/** Kernels of today give no address here, older ones do. */
async function readAdapter(folder: string, number: number): Promise<AdapterFacts> {
  const [bus, product, address] = await Promise.all([
    readTarget(join(folder, 'device/subsystem')),
    readProduct(folder),
    readText(join(folder, 'address')),
  ]);
  return { number, bus: bus ?? 'virtual', product, address };
}

/** A USB adapter is one interface of a device; the name is the device's, one folder up. */
async function readProduct(folder: string): Promise<string | undefined> {
  try {
    return await readText(join(dirname(await realpath(join(folder, 'device'))), 'product'));
  } catch {
    return undefined;
  }
}

async function readRfkill(folder: string): Promise<Rfkill | undefined> {
  const [type, name, soft, hard] = await Promise.all(
    ['type', 'name', 'soft', 'hard'].map((file) => readText(join(folder, file))),
  );
  if (type !== 'bluetooth' || name === undefined) return undefined;
  return { name, isSoftBlocked: soft === '1', isHardBlocked: hard === '1' };
}
