/** What a device keeps between starts, for programs that run a broker of their own: the files that `tandem start` has, too. */
import { join } from 'node:path';
import type { DeviceKeys, PinnedKeys } from '../transport/device-keys.js';
import { openAccount } from './account-file.js';
import { deviceIdOf, openDeviceKeys, openPinnedKeys } from './key-files.js';
import { prepareStateDirectory, StateFile } from './state-directory.js';
import { lockState } from './state-lock.js';

/** Options of createBroker that must outlive it. */
export interface DeviceState {
  /** Made of the device's public key. */
  readonly deviceId: string;
  /** A secret: devices that share it trust each other. */
  readonly account: string;
  readonly deviceKeys: DeviceKeys;
  readonly pinnedKeys: PinnedKeys;
  /** To be called after the broker's: resolves when all is in the files, and lets the next process have the directory. */
  close(): Promise<void>;
}

/**
 * Opens the directory, and makes it with a fresh account and keys where there is none. Rejects with an Error that says so while another
 * process has it open, when others on this machine may enter it, and when one of its files is damaged.
 */
export async function openDeviceState(directory: string): Promise<DeviceState> {
  await prepareStateDirectory(directory);
  const lock = await lockState(directory);
  try {
    const { settle, ...state } = await readDeviceState(directory);
    return { ...state, close: () => settle().finally(lock.release) };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** The same for whoever has prepared and locked the directory. `settle` resolves when every new pin is in its file. */
export async function readDeviceState(
  directory: string,
): Promise<Omit<DeviceState, 'close'> & { settle(): Promise<void> }> {
  const account = await openAccount(directory);
  const deviceKeys = await openDeviceKeys(join(directory, StateFile.deviceKeys));
  const { pinnedKeys, settle } = await openPinnedKeys(directory);
  return { deviceId: deviceIdOf(deviceKeys), account, deviceKeys, pinnedKeys, settle };
}
