import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeTemporaryDirectory } from '../main/recorded-io.js';
import { createStage } from './fixture.js';
import { baseOf } from './http-client.js';

/** One of each kind of document that a gateway serves. */
const DOCUMENTS = [
  '/',
  '/assets/index-x1.js',
  '/v1/charts/peer.json',
  '/v1/charts/session.svg?active=created',
  '/v1/schema',
  '/v1/schema/sendMessage',
  '/openapi.json',
  '/asyncapi.json',
  '/docs',
  '/docs/style.css',
];

/** A gateway with a page; what it answers to a request with `If-None-Match` as it is given. */
async function open() {
  const directory = await makeTemporaryDirectory();
  await mkdir(join(directory, 'assets'));
  await writeFile(join(directory, 'index.html'), '<!doctype html><title>Tandem</title>');
  await writeFile(join(directory, 'assets/index-x1.js'), 'console.log("hello");');
  const { kitchen } = await createStage({ page: { directory } });
  return (path: string, known?: string, method = 'GET') =>
    fetch(baseOf(kitchen) + path, { method, headers: known === undefined ? {} : { 'if-none-match': known } });
}

describe('If-None-Match', () => {
  it.each(DOCUMENTS)('is understood in all its forms for %s', async (path) => {
    const ask = await open();
    const first = await ask(path);
    const tag = first.headers.get('etag') ?? '';
    expect([first.status, tag]).toEqual([200, expect.stringMatching(/^"[\w-]{22}"$/)]);
    const content = await first.text();

    for (const known of [tag, `W/${tag}`, `"other", W/${tag}`, `${tag},"other"`, ` "other" ,  ${tag} `, '*']) {
      const again = await ask(path, known);
      expect([known, again.status, await again.text()]).toEqual([known, 304, '']);
      expect([known, again.headers.get('etag')]).toEqual([known, tag]);
      expect(again.headers.get('cache-control')).toBe(first.headers.get('cache-control'));
    }
    expect((await ask(path, tag, 'HEAD')).status).toBe(304);

    for (const known of ['"other"', 'W/"other"', tag.slice(1, -1), '']) {
      const again = await ask(path, known);
      expect([known, again.status, await again.text()]).toEqual([known, 200, content]);
    }
  });

  it('finds nothing where there is nothing', async () => {
    const ask = await open();
    expect((await ask('/v1/charts/nothing.svg', '*')).status).toBe(404);
    expect((await ask('/v1/schema/nothing', '*')).status).toBe(404);
  });
});
