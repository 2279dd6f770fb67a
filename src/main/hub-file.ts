/** What a hub remembers, as a file. */
import type { HubMemory, HubStorage, KnownLink, Place } from '../hub/hub-memory.js';
import { NOTHING_KNOWN } from '../hub/hub-memory.js';
import { isObject } from '../protocol/shape.js';
import { CommandError } from './command-error.js';
import { readIfThere, writePrivateFile } from './private-file.js';

export interface HubFile {
  readonly storage: HubStorage;
  /** Resolves when the last that was saved is written; rejects when it could not be. */
  settle(): Promise<void>;
}

/** Throws CommandError when the file holds something else. */
export async function openHubFile(path: string): Promise<HubFile> {
  const text = await readIfThere(path);
  const known = text === undefined ? NOTHING_KNOWN : parse(text, path);
  let next: string | undefined;
  let writing: Promise<void> | undefined;

  /** Only the latest is written, however often something changes meanwhile. A write that failed is no reason not to try the next. */
  async function write(): Promise<void> {
    while (next !== undefined) {
      const latest = next;
      next = undefined;
      await writePrivateFile(path, latest);
    }
  }

  return {
    storage: {
      load: async () => known,
      save(memory) {
        next = `${JSON.stringify(memory, null, 2)}\n`;
        writing = (writing ?? Promise.resolve()).catch(() => {}).then(write);
        // Whoever settles hears of it; until then a failure must not end the process.
        writing.catch(() => {});
      },
    },
    settle: async () => writing,
  };
}

function parse(text: string, path: string): HubMemory {
  try {
    const value: unknown = JSON.parse(text);
    // Before there was more to remember, it was the links alone.
    const memory: unknown = Array.isArray(value) ? { ...NOTHING_KNOWN, links: value } : value;
    if (isMemory(memory)) return memory;
  } catch {
    // Said below.
  }
  throw new CommandError(`${path} is damaged.`, {
    advice: ['Remove it: devices are shown again when they are next seen.'],
  });
}

function isMemory(value: unknown): value is HubMemory {
  if (!isObject(value)) return false;
  const { links, forgotten, places } = value;
  return isListOf(links, isKnownLink) && isListOf(forgotten, isKnownLink) && isListOf(places, isPlace);
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem);
}

function isKnownLink(value: unknown): value is KnownLink {
  if (!isObject(value)) return false;
  const hasName = value['name'] === undefined || typeof value['name'] === 'string';
  return (
    hasName && LINK_TEXTS.every((name) => typeof value[name] === 'string') && typeof value['lastSeen'] === 'number'
  );
}

const LINK_TEXTS = ['deviceId', 'deviceName', 'serviceName', 'bundleName', 'moduleName', 'abilityName'];

function isPlace(value: unknown): value is Place {
  return isObject(value) && ['base', 'hubId', 'prefix'].every((name) => typeof value[name] === 'string');
}
