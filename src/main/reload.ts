/** What a service does when it is told to read its files again (SIGHUP): certificates and passwords; a new configuration wants a restart. */
import type { Gateway } from '../gateway/gateway.js';
import type { Logger } from '../gateway/logger.js';
import type { Hub } from '../hub/hub.js';
import type { Config } from './config/schema.js';
import type { HubFiles } from './hub-service.js';
import { readTls } from './tls-files.js';

export interface Reloadable {
  readonly config: Pick<Config, 'gateway'>;
  readonly logger: Logger;
  readonly gateway: Pick<Gateway, 'renewTls'>;
  readonly hub: Pick<Hub, 'renew'> | undefined;
  readonly hubFiles: Pick<HubFiles, 'hasSecrets' | 'readServer'> | undefined;
}

export interface Reload {
  /** Reads the files of certificates and passwords again. Never rejects: what is wrong with one is logged, and what was read before stays. */
  reload(): Promise<void>;
  /** Whether there are such files. */
  readonly hasFiles: boolean;
}

export function createReload({ config, logger, gateway, hub, hubFiles }: Reloadable): Reload {
  const { tls: files } = config.gateway;
  const secrets = hubFiles?.hasSecrets === true ? hubFiles : undefined;
  const hasFiles = files !== undefined || secrets !== undefined;

  async function renewTls(): Promise<void> {
    if (files === undefined) return;
    gateway.renewTls(await readTls(files, (words) => logger.warn({}, words)));
    logger.info({ certFile: files.certFile }, 'certificate read again');
  }

  async function renewHub(): Promise<void> {
    if (secrets === undefined) return;
    hub?.renew(await secrets.readServer());
    logger.info({}, 'files for the MQTT broker read again');
  }

  return {
    hasFiles,
    async reload() {
      if (!hasFiles) {
        logger.warn({}, 'told to read files again, and there are none: a new configuration wants a restart');
      }
      await renewTls().catch((err: unknown) => logger.error({ err }, 'the certificate cannot be renewed'));
      await renewHub().catch((err: unknown) =>
        logger.error({ err }, 'the files for the MQTT broker cannot be read again'),
      );
    },
  };
}
