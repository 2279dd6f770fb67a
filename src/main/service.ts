/** A broker with its gateway, on the state of one directory: what `tandem start` runs. */

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createBroker } from '../broker/broker.js';
import type { Broker } from '../broker/interface.js';
import { createTokenFile } from '../broker/token-file.js';
import { createTokenStore, type TokenStore } from '../broker/tokens.js';
import { createGateway, type Gateway } from '../gateway/gateway.js';
import type { DemoControl } from '../gateway/page/demo.js';
import type { Transport } from '../transport/transport.js';
import { openAccount } from './account-file.js';
import { CommandError, reasonOf } from './command-error.js';
import type { Config } from './config.js';
import { forgetGateway, rememberGateway } from './gateway-file.js';
import { deviceIdOf, openDeviceKeys, openPinnedKeys } from './key-files.js';
import { openLocalToken } from './local-token.js';
import { createPageLogin, type PageLogin } from './page-login.js';
import { hasCode } from './private-file.js';
import { StateFile } from './state-directory.js';
import { readVersion } from './version.js';

export interface ServiceOptions {
  /** Prepared and locked. */
  readonly directory: string;
  readonly deviceName: string;
  readonly config: Config;
  createTransport(deviceId: string): Transport;
  /** What the page may do where this is a demonstration, and only there. */
  readonly demo?: DemoControl;
  /** Lines for whoever runs the service: refused clients and the like. */
  log(line: string): void;
}

export interface Service {
  readonly broker: Broker;
  readonly gateway: Gateway;
  /** A secret: other devices of the demo share it. */
  readonly account: string;
  readonly pageLogin: PageLogin;
  close(): Promise<void>;
}

/** Rejects with CommandError when the gateway cannot listen, leaving nothing running. */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { directory, deviceName, config } = options;
  const account = await openAccount(directory);
  const deviceKeys = await openDeviceKeys(join(directory, StateFile.deviceKeys));
  const pins = await openPinnedKeys(directory);
  const tokens = await createTokenStore(createTokenFile(join(directory, StateFile.tokens)));
  await openLocalToken(directory, tokens);
  const pageLogin = await createPageLogin({ tokens });

  const deviceId = deviceIdOf(deviceKeys);
  const broker = await createBroker({
    deviceId,
    deviceName,
    account,
    deviceKeys,
    pinnedKeys: pins.pinnedKeys,
    transport: options.createTransport(deviceId),
    startableApps: config.apps,
    isCollaborationEnabled: config.isCollaborationEnabled,
  });

  async function closeBroker(): Promise<void> {
    await broker.close();
    await pins.settle();
  }

  const gateway = await openGateway(options, broker, tokens, pageLogin).catch(async (error: unknown) => {
    await closeBroker();
    throw error;
  });
  await rememberGateway(directory, gateway);

  return {
    broker,
    gateway,
    account,
    pageLogin,
    async close() {
      pageLogin.close();
      await forgetGateway(directory);
      await gateway.close();
      await closeBroker();
    },
  };
}

/** From `src/main` as well as from `dist/main`. */
const PAGE_DIRECTORY = fileURLToPath(new URL('../../dist/page/', import.meta.url));

async function openGateway(
  { config, demo, log }: ServiceOptions,
  broker: Broker,
  tokens: TokenStore,
  loginCodes: PageLogin,
): Promise<Gateway> {
  const { host, port, allowedOrigins } = config.gateway;
  const tell = (fields: object, words: string): void => log(`${words} ${JSON.stringify(fields)}`);
  try {
    return await createGateway({
      broker,
      tokens,
      host,
      port,
      origins: allowedOrigins,
      version: await readVersion(),
      logger: { info() {}, warn: tell, error: tell },
      // Elsewhere nobody is shown a code.
      page: { directory: PAGE_DIRECTORY, ...(demo !== undefined && { demo, loginCodes }) },
    });
  } catch (error) {
    throw explainListen(error, host, port);
  }
}

function explainListen(error: unknown, host: string, port: number): CommandError {
  const words = hasCode(error, 'EADDRINUSE')
    ? `Port ${port} on ${host} is in use by another program.`
    : `The gateway cannot listen on ${host}, port ${port}: ${reasonOf(error)}`;
  return new CommandError(words, {
    advice: ['Choose another with --port PORT; --port 0 takes any free one.'],
    cause: error,
  });
}
