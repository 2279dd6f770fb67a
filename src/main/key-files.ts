/** The device's own keys and those it remembers of others, as files of the state directory. */
import { join } from 'node:path';
import {
  createDeviceKeys,
  createPinnedKeys,
  type DeviceKeys,
  fingerprint,
  type PinnedKeys,
} from '../transport/device-keys.js';
import { CommandError } from './command-error.js';
import { createPrivateFile, readIfThere, writePrivateFile } from './private-file.js';
import { StateFile } from './state-directory.js';

/** An X25519 key as hexadecimal text. Source: RFC 7748, section 6.1, 32 bytes. */
const KEY_TEXT = /^[0-9a-f]{64}$/;

/** The key pair a device proves itself with; made on the first call. Throws CommandError when the file holds something else. */
export async function openDeviceKeys(path: string): Promise<DeviceKeys> {
  const text = await readIfThere(path);
  if (text !== undefined) return parseDeviceKeys(text, path);
  const keys = createDeviceKeys();
  await createPrivateFile(
    path,
    `${JSON.stringify({ publicKey: toHex(keys.publicKey), secretKey: toHex(keys.secretKey) })}\n`,
  );
  return keys;
}

/** A device is named after its public key: unique, and the same on every start. */
export function deviceIdOf({ publicKey }: DeviceKeys): string {
  return fingerprint(publicKey).replaceAll(' ', '');
}

/** The pins of earlier runs; new ones are added to the file. */
export interface PinnedKeysFile {
  readonly pinnedKeys: PinnedKeys;
  /** Resolves when every pin so far is in the file; rejects when one could not be written. */
  settle(): Promise<void>;
}

/** Throws CommandError when the file holds something else. */
export async function openPinnedKeys(directory: string): Promise<PinnedKeysFile> {
  const path = join(directory, StateFile.pinnedKeys);
  const pins = parseKeys((await readIfThere(path)) ?? '{}', path);
  let writing = Promise.resolve();

  function keep(deviceId: string, publicKeyHex: string): void {
    pins.set(deviceId, publicKeyHex);
    // One after the other, so that the last text on disk is the latest.
    writing = writing.then(() => writePrivateFile(path, `${JSON.stringify(Object.fromEntries(pins), null, 2)}\n`));
    // Whoever settles hears of it; until then a failure must not end the process.
    writing.catch(() => {});
  }

  return { pinnedKeys: createPinnedKeys(pins, keep), settle: () => writing };
}

function parseDeviceKeys(text: string, path: string): DeviceKeys {
  const keys = parseKeys(text, path);
  const [publicKey, secretKey] = [keys.get('publicKey'), keys.get('secretKey')];
  if (publicKey === undefined || secretKey === undefined) throw damaged(path);
  return { publicKey: Buffer.from(publicKey, 'hex'), secretKey: Buffer.from(secretKey, 'hex') };
}

/** The entries of an object whose values are keys. */
function parseKeys(text: string, path: string): Map<string, string> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw damaged(path, error);
  }
  if (typeof value !== 'object' || value === null) throw damaged(path);
  const entries = Object.entries(value).map(([name, key]) => [name, String(key)] as const);
  if (!entries.every(([, key]) => KEY_TEXT.test(key))) throw damaged(path);
  return new Map(entries);
}

function damaged(path: string, cause?: unknown): CommandError {
  return new CommandError(`${path} is damaged.`, {
    advice: ['Restore it from a backup. Without it devices that met before are strangers to each other.'],
    cause,
  });
}

function toHex(key: Uint8Array): string {
  return Buffer.from(key).toString('hex');
}
