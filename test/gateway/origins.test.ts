import type { FastifyRequest } from 'fastify';
import { describe, expect, it } from 'vitest';
import { SimulatedClock } from 'xstate';
import { createOrigins } from '../../src/gateway/origins.js';
import { MAX_REFUSED_ORIGINS, REFUSED_ORIGIN_MS } from '../../src/protocol/limits.js';
import { createStage, createToken, type Station } from './fixture.js';
import { openRaw } from './raw-client.js';

const WORDS = 'a web page was refused: neither gateway.publicUrl nor gateway.allowedOrigins has its origin';
const EVIL = 'https://evil.example';

function httpOf({ gateway }: Station): string {
  return gateway.url.replace('ws:', 'http:').replace('/v1/ws', '');
}

/** As many requests as a page may send; only what is looked at. */
function requestFrom(origin: string): FastifyRequest {
  const socket = { remoteAddress: '127.0.0.1' };
  return { headers: { origin, host: 'hub:8420' }, ip: '127.0.0.1', socket } as unknown as FastifyRequest; // as above
}

function createLogged(allowed: readonly string[] = []) {
  const timers = new SimulatedClock();
  const lines: object[] = [];
  const logger = { info() {}, error() {}, warn: (fields: object) => void lines.push(fields) };
  return { timers, lines, origins: createOrigins({ allowed, timers, logger }) };
}

describe('a web page that is refused', () => {
  it.each(['/v1/ws', '/v1/inspect'])('is named in the log when it connects to %s', async (path) => {
    const { kitchen } = await createStage();
    await expect(openRaw(`${kitchen.gateway.url.replace('/v1/ws', path)}`, { origin: EVIL })).rejects.toThrow('403');
    const host = new URL(kitchen.gateway.url).host;
    expect(await kitchen.log.lines(WORDS).next()).toEqual({ origin: EVIL, host, address: '127.0.0.1' });
  });

  it('is named in the log when it asks over HTTP', async () => {
    const { kitchen } = await createStage();
    const headers = { origin: EVIL, authorization: `Bearer ${await createToken(kitchen)}` };
    const answer = await fetch(`${httpOf(kitchen)}/v1/devices`, { headers });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({
      kind: 'forbidden',
      message: expect.stringContaining('gateway.allowedOrigins'),
    });
    expect(await kitchen.log.lines(WORDS).next()).toMatchObject({ origin: EVIL });
  });

  it('is named once an hour, and cannot fill the log under other names', () => {
    const { origins, lines, timers } = createLogged();
    for (let at = 0; at < 100; at += 1) expect(origins.admits(requestFrom(EVIL))).toBe(false);
    expect(lines).toEqual([{ origin: EVIL, host: 'hub:8420', address: '127.0.0.1' }]);
    for (let at = 0; at < 1_000; at += 1) origins.admits(requestFrom(`https://${at}.example/${'x'.repeat(5_000)}`));
    expect(lines).toHaveLength(MAX_REFUSED_ORIGINS);
    expect(JSON.stringify(lines).length).toBeLessThan(MAX_REFUSED_ORIGINS * 400);
    timers.increment(REFUSED_ORIGIN_MS);
    origins.admits(requestFrom(EVIL));
    expect(lines).toHaveLength(MAX_REFUSED_ORIGINS + 1);
  });
});

describe('allowed origins', () => {
  it.each([
    'https://Home.Example',
    'https://home.example/',
    'https://home.example:443',
    'https://home.example/lovelace?x',
  ])('may be written as %s', (written) => {
    const { origins, lines } = createLogged([written]);
    expect(origins.admits(requestFrom('https://home.example'))).toBe(true);
    expect(origins.admits(requestFrom('https://home.example:8443'))).toBe(false);
    expect(lines).toHaveLength(1);
  });

  it.each(['hub.local:8123', 'file:///srv/page', 'tandem'])('that are none, such as %s, let nobody in', (written) => {
    const { origins } = createLogged([written]);
    expect(origins.admits(requestFrom('null'))).toBe(false);
  });
});
