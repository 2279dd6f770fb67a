/** Two devices, each with a gateway that commands can be given to. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { filter, firstValueFrom } from 'rxjs';
import { onTestFinished } from 'vitest';
import { createBroker } from '../../src/broker/broker.js';
import type { Broker } from '../../src/broker/interface.js';
import { createTokenStore } from '../../src/broker/tokens.js';
import { createGateway, type Gateway } from '../../src/gateway/gateway.js';
import { registerEchoApp } from '../../src/main/echo-app.js';
import { run } from '../../src/main/run.js';
import type { Terminal } from '../../src/main/terminal/io.js';
import { REQUIRED_PERMISSIONS } from '../../src/protocol/codes.js';
import { createAccount } from '../../src/transport/account.js';
import { createMemoryAir, type MemoryAir } from '../../src/transport/memory.js';
import { createRecordedIo, makeTemporaryDirectory, type RecordedIo } from './recorded-io.js';

export interface Running {
  readonly io: RecordedIo;
  readonly finished: Promise<number>;
}

export interface Place {
  readonly broker: Broker;
  readonly gateway: Gateway;
  readonly directory: string;
  /** Options that name this gateway. */
  readonly access: readonly string[];
  /** Begins a command. `changes` is what its terminal has besides pipes. */
  begin(args: readonly string[], input?: string | Uint8Array, changes?: Partial<Terminal>): Running;
}

export interface TwoPlaces {
  readonly air: MemoryAir;
  /** That both share. */
  readonly account: string;
  readonly kitchen: Place;
  readonly phone: Place;
}

/** The phone has the echo app. Device ids are `k1` and `p1`, unlike the names. */
export async function createTwoPlaces(names = { kitchen: 'kitchen', phone: 'phone' }): Promise<TwoPlaces> {
  const air = createMemoryAir({ sealed: false });
  const account = createAccount();

  async function settle(deviceId: string, deviceName: string): Promise<Place> {
    const broker = await createBroker({ deviceId, deviceName, account, transport: air.transport(deviceId) });
    const tokens = await createTokenStore();
    const gateway = await createGateway({ broker, tokens });
    onTestFinished(async () => {
      await gateway.close();
      await broker.close();
    });
    const directory = await makeTemporaryDirectory();
    const tokenFile = join(directory, 'token');
    const { token } = await tokens.create({
      name: 'command line',
      bundleName: 'tandem.cli',
      permissions: REQUIRED_PERMISSIONS,
      isSystemApp: false,
      scopes: ['read', 'drive', 'admin'],
    });
    await writeFile(tokenFile, token);
    const access = ['--url', gateway.url, '--token-file', tokenFile];
    return {
      broker,
      gateway,
      directory,
      access,
      begin(args, input = '', changes = {}) {
        const io = createRecordedIo({ env: { TANDEM_STATE_DIR: directory }, input });
        return { io, finished: run([...args, ...access], { ...io, ...changes }) };
      },
    };
  }

  const [kitchen, phone] = await Promise.all([settle('k1', names.kitchen), settle('p1', names.phone)]);
  registerEchoApp(phone.broker);
  for (const { broker } of [kitchen, phone]) {
    await firstValueFrom(broker.devices$.pipe(filter((devices) => devices.length > 0)));
  }
  return { air, account, kitchen, phone };
}
