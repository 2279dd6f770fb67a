/** A broker with its gateway, on the state of one directory: what `tandem start` runs. */

import { createBroker } from '../broker/broker.js';
import type { Broker } from '../broker/interface.js';
import type { TokenStore } from '../broker/tokens.js';
import { createGateway, type Gateway } from '../gateway/gateway.js';
import type { Logger } from '../gateway/logger.js';
import type { DemoControl } from '../gateway/page/page-options.js';
import type { Hub } from '../hub/hub.js';
import { DRAIN_TIMEOUT_MS } from '../protocol/limits.js';
import type { Transport } from '../transport/transport.js';
import { CommandError, reasonOf } from './command-error.js';
import type { Config } from './config/schema.js';
import { readDeviceState } from './device-state.js';
import { forgetGateway, rememberGateway } from './gateway-file.js';
import { openHubFiles, startHub } from './hub-service.js';
import { openLocalToken } from './local-token.js';
import { PAGE_DIRECTORY } from './page-directory.js';
import { createPageLogin, type PageLogin } from './page-login.js';
import { hasCode } from './private-file.js';
import { createReload, type Reload } from './reload.js';
import { sharedPage } from './shared-page.js';
import { readTls } from './tls-files.js';
import { openTokenStore } from './token-store.js';
import { readVersion } from './version.js';

export interface ServiceOptions {
  /** Prepared and locked. */
  readonly directory: string;
  readonly deviceName: string;
  readonly config: Config;
  createTransport(deviceId: string): Transport;
  /** For whoever runs the service: refused clients and the like. */
  readonly logger: Logger;
  /** What the page may do where this is a demonstration, and only there. */
  readonly demo?: DemoControl;
}

export interface Service extends Reload {
  readonly broker: Broker;
  readonly gateway: Gateway;
  /** Undefined: the configuration has no `mqtt`. */
  readonly hub: Hub | undefined;
  /** A secret: other devices of the demo share it. */
  readonly account: string;
  readonly pageLogin: PageLogin;
  close(): Promise<void>;
}

/** Rejects with CommandError when the gateway cannot listen, leaving nothing running. */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { directory, deviceName, config } = options;
  const state = await readDeviceState(directory);
  const tokens = await openTokenStore(directory);
  await openLocalToken(directory, tokens);
  const hubFiles = config.mqtt && (await openHubFiles(config.mqtt, directory));
  const pageLogin = await createPageLogin({ tokens });

  const broker = await createBroker({
    ...state,
    deviceName,
    transport: options.createTransport(state.deviceId),
    startableApps: config.apps,
    isCollaborationEnabled: config.isCollaborationEnabled,
  });

  // Before the gateway, so that no client can take the hub's app.
  const hub = hubFiles && (await startHub(broker, hubFiles, (line) => options.logger.warn({}, line)));

  async function closeBroker(): Promise<void> {
    await hub?.close();
    await broker.close();
    await tokens.settle();
    await state.settle();
  }

  const gateway = await openGateway(options, { broker, tokens, pageLogin, hub }).catch(async (error: unknown) => {
    await closeBroker();
    throw error;
  });
  await rememberGateway(directory, gateway);
  hub?.setPage(sharedPage(config.gateway, gateway, options.demo !== undefined));

  return {
    broker,
    gateway,
    hub,
    account: state.account,
    ...createReload({ config, logger: options.logger, gateway, hub, hubFiles }),
    pageLogin,
    async close() {
      pageLogin.close();
      await forgetGateway(directory);
      await gateway.close({ graceMs: DRAIN_TIMEOUT_MS });
      await closeBroker();
    },
  };
}

interface Served {
  readonly broker: Broker;
  readonly tokens: TokenStore;
  readonly pageLogin: PageLogin;
  readonly hub: Hub | undefined;
}

async function openGateway(
  { config, demo, logger }: ServiceOptions,
  { broker, tokens, pageLogin, hub }: Served,
): Promise<Gateway> {
  const { host, port, publicUrl, allowedOrigins, trustedProxies, limits, tls: files } = config.gateway;
  const tls = files && (await readTls(files, (words) => logger.warn({}, words)));
  try {
    return await createGateway({
      broker,
      tokens,
      host,
      port,
      origins: publicUrl === undefined ? allowedOrigins : [publicUrl, ...allowedOrigins],
      trustedProxies,
      limits,
      ...(hub !== undefined && { hub: hub.status }),
      ...(tls !== undefined && { tls }),
      version: await readVersion(),
      logger,
      // Elsewhere nobody is shown a code.
      page: { directory: PAGE_DIRECTORY, ...(demo !== undefined && { demo, loginCodes: pageLogin }) },
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
