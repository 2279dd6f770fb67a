/** The hub of a service: its secrets and its memory are files. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Broker } from '../broker/interface.js';
import type { Hub } from '../hub/hub.js';
import type { KnownLink, LinkStorage } from '../hub/hub-links.js';
import type { HubSettings } from '../hub/settings.js';
import { CommandError, reasonOf } from './command-error.js';
import type { MqttConfig } from './config/mqtt-settings.js';
import { readIfThere, writePrivateFile } from './private-file.js';
import { StateFile } from './state-directory.js';
import { readVersion } from './version.js';

/** What a hub needs from files, read before anything runs. */
export interface HubFiles {
  readonly settings: HubSettings;
  readonly storage: LinkStorage;
  /** Resolves when all is written. */
  settle(): Promise<void>;
}

/** Throws CommandError when a file cannot be read, or holds something else. */
export async function openHubFiles(config: MqttConfig, directory: string): Promise<HubFiles> {
  const path = join(directory, StateFile.hubLinks);
  const known = parseLinks((await readIfThere(path)) ?? '[]', path);
  let writing = Promise.resolve();
  return {
    settings: await readSettings(config),
    storage: {
      load: async () => known,
      save(links) {
        const text = `${JSON.stringify(links, null, 2)}\n`;
        writing = writing.then(() => writePrivateFile(path, text));
        // Whoever settles hears of it; until then a failure must not end the process.
        writing.catch(() => {});
      },
    },
    settle: () => writing,
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
      await files.settle();
    },
  };
}

async function readSettings(config: MqttConfig): Promise<HubSettings> {
  const { url, version, username, base, hub, discovery, app, services } = config;
  const password = await readSetting(config, 'passwordFile');
  return {
    server: {
      url,
      version,
      username,
      // Editors end a file with a new line, passwords do not.
      password: password?.replace(/\r?\n$/, ''),
      ca: await readSetting(config, 'caFile'),
      cert: await readSetting(config, 'certFile'),
      key: await readSetting(config, 'keyFile'),
    },
    base,
    hubId: hub,
    discovery,
    app,
    services,
  };
}

async function readSetting(
  config: MqttConfig,
  name: 'passwordFile' | 'caFile' | 'certFile' | 'keyFile',
): Promise<string | undefined> {
  const path = config[name];
  if (path === undefined) return undefined;
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new CommandError(`mqtt.${name} cannot be read: ${reasonOf(error)}`, { cause: error });
  }
}

const TEXTS = ['deviceId', 'deviceName', 'serviceName', 'bundleName', 'moduleName', 'abilityName'] as const;

function parseLinks(text: string, path: string): readonly KnownLink[] {
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value) && value.every(isKnownLink)) return value;
  } catch {
    // Said below.
  }
  throw new CommandError(`${path} is damaged.`, {
    advice: ['Remove it: devices are shown again when they are next seen.'],
  });
}

function isKnownLink(value: unknown): value is KnownLink {
  if (typeof value !== 'object' || value === null) return false;
  return (
    TEXTS.every((name) => typeof Reflect.get(value, name) === 'string') &&
    typeof Reflect.get(value, 'lastSeen') === 'number'
  );
}
