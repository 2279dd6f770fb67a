import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createTokenFile } from '../../src/broker/token-file.js';
import { createTokenStore, type Grant, type TokenRecord } from '../../src/broker/tokens.js';

const GRANT: Grant = {
  name: 'light',
  bundleName: 'com.example.light',
  permissions: ['ohos.permission.INTERNET'],
  isSystemApp: false,
  scopes: ['read', 'drive'],
};

describe('the token store', () => {
  it('gives out a token that stands for its grant, and no other text does', async () => {
    const store = await createTokenStore();
    const { token, principal } = await store.create(GRANT);
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(principal).toEqual({ ...GRANT, tokenId: principal.tokenId });
    expect(store.verify(token)).toEqual(principal);
    for (const other of ['', token.slice(1), `${token}=`, token.toLowerCase(), principal.tokenId]) {
      expect(store.verify(other)).toBeUndefined();
    }
  });

  it('forgets a token that is revoked, and tells who it was', async () => {
    const store = await createTokenStore();
    const { token, principal } = await store.create(GRANT);
    const kept = await store.create({ ...GRANT, name: 'kept' });
    const revoked: string[] = [];
    const watch = store.revoked$.subscribe((tokenId) => revoked.push(tokenId));
    expect(await store.revoke(principal.tokenId)).toBe(true);
    expect(await store.revoke(principal.tokenId)).toBe(false);
    watch.unsubscribe();
    expect(revoked).toEqual([principal.tokenId]);
    expect(store.verify(token)).toBeUndefined();
    expect(store.list()).toMatchObject([kept.principal]);
  });

  it.each([
    ['an empty name', { name: '' }],
    ['an empty bundle', { bundleName: '' }],
    ['a scope that is none', { scopes: ['all'] as unknown as Grant['scopes'] }], // as a caller in plain JavaScript may
  ])('grants nothing with %s', async (_, changes) => {
    const store = await createTokenStore();
    await expect(store.create({ ...GRANT, ...changes })).rejects.toMatchObject({ kind: 'invalidParameter' });
    expect(store.list()).toEqual([]);
  });

  it('keeps hashes, never tokens', async () => {
    const saved: TokenRecord[][] = [];
    const store = await createTokenStore({
      load: async () => [],
      save: async (records) => {
        saved.push([...records]);
      },
    });
    const { token } = await store.create(GRANT);
    expect(saved.flat()).toHaveLength(1);
    expect(JSON.stringify([saved, store.list()])).not.toContain(token);
  });

  it('takes back a token that could not be saved, and lets a revocation count all the same', async () => {
    let isBroken = true;
    const store = await createTokenStore({
      load: async () => [],
      save: async () => {
        if (isBroken) throw new Error('disk full');
      },
    });
    await expect(store.create(GRANT)).rejects.toThrow('disk full');
    expect(store.list()).toEqual([]);
    isBroken = false;
    const { token, principal } = await store.create(GRANT);
    isBroken = true;
    await expect(store.revoke(principal.tokenId)).rejects.toThrow('disk full');
    expect(store.verify(token)).toBeUndefined();
  });
});

describe('the token file', () => {
  it('is empty when it is missing, and keeps tokens between starts', async () => {
    const path = join(await createFolder(), 'tokens.json');
    const store = await createTokenStore(createTokenFile(path));
    const created = await Promise.all(['a', 'b', 'c'].map((name) => store.create({ ...GRANT, name })));
    await store.revoke(created[1]?.principal.tokenId ?? '');
    const again = await createTokenStore(createTokenFile(path));
    expect(created.map(({ token }) => again.verify(token)?.name)).toEqual(['a', undefined, 'c']);
    // A use is written down after the answer.
    await again.settle();
  });

  it('is for its owner only, holds no token, and leaves no draft behind', async () => {
    const folder = await createFolder();
    const path = join(folder, 'tokens.json');
    const { token } = await (await createTokenStore(createTokenFile(path))).create(GRANT);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readFile(path, 'utf8')).not.toContain(token);
    expect(await readdir(folder)).toEqual(['tokens.json']);
  });

  it.each([
    ['no JSON', '{', 'is not JSON'],
    ['no token file', '{"tokens":[]}', 'is not a token file of version 1'],
    ['a token without a hash', '{"version":1,"tokens":[{"name":"a"}]}', 'token 0 is not complete'],
  ])('is not read when it is %s', async (_, text, words) => {
    const path = join(await createFolder(), 'tokens.json');
    await writeFile(path, text);
    await expect(createTokenStore(createTokenFile(path))).rejects.toThrow(words);
  });

  it('stays what it was when it cannot be replaced', async () => {
    const path = join(await createFolder(), 'missing', 'tokens.json');
    await expect((await createTokenStore(createTokenFile(path))).create(GRANT)).rejects.toThrow('ENOENT');
  });
});

async function createFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tokens-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await chmod(folder, 0o700);
  return folder;
}
