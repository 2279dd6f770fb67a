import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ERRORS, type ErrorKind } from '../../src/protocol/errors.js';
import { METHODS } from '../../src/protocol/methods.js';
import type { Scope } from '../../src/protocol/scopes.js';
import { acceptNext, createSession, createStage, createToken, openApp, type Stage } from './fixture.js';
import { openRaw, type Params, type RawClient } from './raw-client.js';

interface Vector {
  readonly name: string;
  readonly given: 'connection' | 'authenticated' | 'admin' | 'app' | 'session' | 'connected';
  readonly method: string;
  readonly params: unknown;
  readonly result?: unknown;
  readonly error?: { readonly kind: ErrorKind };
}

const GRANT = { name: 'vectors', bundleName: 'com.example.demo' };
const APP = { moduleName: 'entry', abilityName: 'EntryAbility' };
const NAMES = { bundleName: GRANT.bundleName };
const { vectors } = JSON.parse(readFileSync(new URL('../../docs/vectors/gateway.json', import.meta.url), 'utf8')) as {
  readonly vectors: readonly Vector[];
}; // our own file; every line of it is played below

describe('the vectors for other languages', () => {
  it('have one that succeeds, or fails for its app alone, and one that is refused, for every method', () => {
    for (const method of Object.keys(METHODS)) {
      const ofMethod = vectors.filter((vector) => vector.method === method);
      const kinds = ofMethod.map(({ error }) => error?.kind);
      expect([method, kinds.some((kind) => kind !== 'invalidParams')]).toEqual([method, true]);
      expect([method, kinds.some((kind) => kind === 'invalidParams' || kind === 'unauthenticated')]).toEqual([
        method,
        true,
      ]);
    }
  });

  it.each(vectors)('$method, $given: $name', async ({ given, method, params, result, error }) => {
    const stage = await createStage();
    const scopes: Scope[] = given === 'admin' ? ['read', 'drive', 'admin'] : ['read', 'drive'];
    const token = await createToken(stage.kitchen, { ...GRANT, scopes });
    const client = await prepare(stage, token, given);
    if (method === 'connect' && error === undefined && given === 'session')
      void acceptNext(await openPhone(stage), 'collabTest', NAMES);
    client.sendRaw(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }).replace('ACCESS-TOKEN', token));
    const answer = await answerTo(client);
    if (error === undefined) return expect(answer).toEqual({ jsonrpc: '2.0', id: 1, result: wildcards(result) });
    const { code, message, isRetryable } = ERRORS[error.kind];
    expect(answer).toMatchObject({ jsonrpc: '2.0', id: 1, error: { code, data: { kind: error.kind, isRetryable } } });
    expect(answer).toMatchObject({ error: { message: expect.stringContaining(message) } });
  });
});

/** A client for whom everything that `given` names has happened. */
async function prepare(stage: Stage, token: string, given: Vector['given']): Promise<RawClient> {
  const client = await openRaw(stage.kitchen.gateway.url);
  if (given === 'connection') return client;
  await client.call('authenticate', { token });
  if (given === 'authenticated' || given === 'admin') return client;
  await client.call('registerApp', APP);
  if (given === 'app') return client;
  const sessionId = await createSession(client, 'phone', 'collabTest', NAMES);
  if (given === 'session') return client;
  const accepted = acceptNext(await openPhone(stage), 'collabTest', NAMES);
  await client.call('connect', { sessionId });
  await accepted;
  return client;
}

function openPhone(stage: Stage): Promise<RawClient> {
  return openApp(stage.phone, APP, GRANT);
}

async function answerTo(client: RawClient): Promise<Params> {
  for (;;) {
    const frame = JSON.parse(await client.texts.next()) as Params; // every frame is an object
    if (frame['id'] === 1) return frame;
  }
}

/** "*" stands for any text. */
function wildcards(value: unknown): unknown {
  if (value === '*') return expect.any(String);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, wildcards(field)]));
}
