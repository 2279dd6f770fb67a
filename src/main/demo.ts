/** The second device of `tandem start --demo`. */
import { join } from 'node:path';
import { createBroker } from '../broker/broker.js';
import type { Broker } from '../broker/interface.js';
import type { MemoryAir } from '../transport/memory.js';
import { registerEchoApp } from './echo-app.js';
import { deviceIdOf, openDeviceKeys } from './key-files.js';
import { StateFile } from './state-directory.js';

/** Its name. */
export const PHONE = 'phone';

export interface PhoneOptions {
  readonly directory: string;
  /** That of the first device: they trust each other. */
  readonly account: string;
  readonly air: MemoryAir;
  /** What its app does. */
  log(line: string): void;
}

/** A device with the echo app. Its keys are kept, so that the first device knows it again in the next demo. */
export async function startPhone({ directory, account, air, log }: PhoneOptions): Promise<Broker> {
  const deviceKeys = await openDeviceKeys(join(directory, StateFile.demoKeys));
  const deviceId = deviceIdOf(deviceKeys);
  const phone = await createBroker({
    deviceId,
    deviceName: PHONE,
    account,
    deviceKeys,
    transport: air.transport(deviceId),
  });
  registerEchoApp(phone, log);
  return phone;
}
