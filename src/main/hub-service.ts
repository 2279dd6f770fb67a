/** The hub of a service: its secrets and its memory are files. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Broker } from '../broker/interface.js';
import type { Hub } from '../hub/hub.js';
import type { HubSettings, MqttServer } from '../hub/settings.js';
import { CommandError, reasonOf } from './command-error.js';
import type { MqttConfig } from './config/mqtt-settings.js';
import { type HubFile, openHubFile } from './hub-file.js';
import { StateFile } from './state-directory.js';
import { readVersion } from './version.js';

/** What a hub needs from files, read before anything runs. */
export interface HubFiles extends HubFile {
  readonly settings: HubSettings;
  /** Whether the MQTT broker is met with something from a file. */
  readonly hasSecrets: boolean;
  /** Reads those files again. Rejects with CommandError. */
  readServer(): Promise<MqttServer>;
}

/** Throws CommandError when a file cannot be read, or holds something else. */
export async function openHubFiles(config: MqttConfig, directory: string): Promise<HubFiles> {
  const { base, hub: hubId, area, discovery, app, services } = config;
  const file = await openHubFile(join(directory, StateFile.hubLinks));
  const server = await readServer(config);
  return {
    ...file,
    settings: { server, base, hubId, area, discovery, app, services },
    hasSecrets: SECRETS.some((name) => config[name] !== undefined),
    readServer: () => readServer(config),
  };
}

/** Loads mqtt.js only where there is a hub. */
export async function startHub(broker: Broker, files: HubFiles, log: (line: string) => void): Promise<Hub> {
  const { createHub } = await import('../hub/hub.js');
  const hub = await createHub({
    broker,
    settings: files.settings,
    storage: files.storage,
    version: await readVersion(),
    log,
  });
  return {
    ...hub,
    async close() {
      await hub.close();
      await files
        .settle()
        .catch((error: unknown) => log(`what the hub remembers cannot be written: ${reasonOf(error)}`));
    },
  };
}

async function readServer(config: MqttConfig): Promise<MqttServer> {
  const { url, version, username } = config;
  const password = await readSetting(config, 'passwordFile');
  return {
    url,
    version,
    username,
    // Editors end a file with a new line, passwords do not.
    password: password?.replace(/\r?\n$/, ''),
    ca: await readSetting(config, 'caFile'),
    cert: await readSetting(config, 'certFile'),
    key: await readSetting(config, 'keyFile'),
  };
}

const SECRETS = ['passwordFile', 'caFile', 'certFile', 'keyFile'] as const;

async function readSetting(config: MqttConfig, name: (typeof SECRETS)[number]): Promise<string | undefined> {
  const path = config[name];
  if (path === undefined) return undefined;
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new CommandError(`mqtt.${name} cannot be read: ${reasonOf(error)}`, { cause: error });
  }
}
