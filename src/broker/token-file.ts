/** Keeps token records in one JSON file that only its owner may read. */
import { open, readFile, rename, rm } from 'node:fs/promises';
import { SCOPES, type Scope } from '../protocol/scopes.js';
import type { TokenRecord, TokenStorage } from './tokens.js';

/** A missing file is an empty store. `load` rejects with an Error that names the file when it is not what `save` writes. */
export function createTokenFile(path: string): TokenStorage {
  return {
    async load() {
      const text = await readIfPresent(path);
      return text === undefined ? [] : parseRecords(text, path);
    },
    save: (records) => replaceFile(path, `${JSON.stringify({ version: 1, tokens: records }, undefined, 2)}\n`),
  };
}

async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    if (error.code === 'ENOENT') return undefined;
    throw Object.assign(error, { path }); // which not all failures say
  }
}

/** Other processes see the old file or the new one, also after a power cut in between. */
async function replaceFile(path: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}.draft`;
  try {
    const file = await open(draft, 'w', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

function parseRecords(text: string, path: string): TokenRecord[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`${path} is not JSON`, { cause: error });
  }
  if (!isObject(value) || value['version'] !== 1 || !Array.isArray(value['tokens'])) {
    throw new Error(`${path} is not a token file of version 1`);
  }
  return value['tokens'].map((record: unknown, index) => {
    if (!isRecord(record)) throw new Error(`${path}: token ${index} is not complete`);
    return record;
  });
}

function isRecord(value: unknown): value is TokenRecord {
  if (!isObject(value)) return false;
  const { name, bundleName, permissions, isSystemApp, scopes, tokenId, hash, ...times } = value;
  return (
    [name, bundleName, tokenId].every((text) => typeof text === 'string' && text !== '') &&
    typeof hash === 'string' &&
    /^[0-9a-f]{64}$/.test(hash) &&
    typeof isSystemApp === 'boolean' &&
    isArrayOf(permissions, (permission) => typeof permission === 'string') &&
    isArrayOf(scopes, (scope) => SCOPES.includes(scope as Scope)) && // includes() only compares
    ['createdAt', 'lastUsedAt', 'expiresAt'].every((name) => !(name in times) || Number.isSafeInteger(times[name]))
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isArrayOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem);
}
