import { once } from 'node:events';
import type { FastifyRequest } from 'fastify';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { addressOf } from '../../src/gateway/client-address.js';
import { createStage, createToken, type Station } from './fixture.js';
import { openRaw } from './raw-client.js';

/** What a proxy says of a client. */
function through(forwarded: string): { readonly headers: Record<string, string> } {
  return { headers: { 'x-forwarded-for': forwarded } };
}

/** The address that the gateway writes into its log for a client that authenticates. */
async function addressSeen(station: Station, forwarded: string): Promise<unknown> {
  const client = await openRaw(station.gateway.url, through(forwarded));
  await client.call('authenticate', { token: await createToken(station) });
  return station.log.lines('client authenticated').next();
}

/** The status of the refusal, or 101. */
async function statusOf(station: Station, forwarded: string): Promise<number | undefined> {
  const socket = new WebSocket(station.gateway.url, 'tandem.v1', through(forwarded));
  onTestFinished(() => socket.terminate());
  socket.on('error', () => {}); // the event below says it
  const refused = once(socket, 'unexpected-response').then(([, response]) => response.statusCode);
  return Promise.race([once(socket, 'open').then(() => 101), refused]);
}

describe('the address of a client', () => {
  it.each([
    ['nobody is trusted', [], '203.0.113.9', '127.0.0.1'],
    ['another is trusted', ['10.0.0.0/8'], '203.0.113.9', '127.0.0.1'],
    ['the proxy is trusted', ['127.0.0.1'], '203.0.113.9', '203.0.113.9'],
    ['its range is trusted', ['127.0.0.0/8'], '203.0.113.9', '203.0.113.9'],
    ['the client wrote an address itself', ['127.0.0.1'], '6.6.6.6, 203.0.113.9', '203.0.113.9'],
    ['it came through two proxies', ['127.0.0.1', '10.0.0.0/8'], '6.6.6.6, 203.0.113.9, 10.1.2.3', '203.0.113.9'],
    ['IPv6', ['127.0.0.1'], '2001:db8::1', '2001:db8::1'],
    ['IPv4 within IPv6', ['127.0.0.1'], '::ffff:203.0.113.9', '203.0.113.9'],
    ['no address', ['127.0.0.1'], 'unknown', '127.0.0.1'],
    ['a line for the log', ['127.0.0.1'], '203.0.113.9\t{"level":"error"}', '127.0.0.1'],
    ['nothing', ['127.0.0.1'], '', '127.0.0.1'],
  ])('where %s', async (_, trustedProxies, forwarded, address) => {
    const { kitchen } = await createStage({ trustedProxies });
    expect(await addressSeen(kitchen, forwarded)).toMatchObject({ address });
  });

  it('is that of a proxy elsewhere which says that its client sits on this machine, where no limit holds', () => {
    const request = (ip: string, remoteAddress: string) =>
      addressOf({ ip, socket: { remoteAddress } } as unknown as FastifyRequest); // what it looks at
    expect(request('127.0.0.1', '10.1.2.3')).toBe('10.1.2.3');
    expect(request('::1', '10.1.2.3')).toBe('10.1.2.3');
    expect(request('127.0.0.1', '::ffff:127.0.0.1')).toBe('127.0.0.1');
  });

  it('counts for the limit of an address, which no other header escapes', async () => {
    const { kitchen } = await createStage({ trustedProxies: ['127.0.0.1'], limits: { clientsPerAddress: 1 } });
    expect(await statusOf(kitchen, '203.0.113.9')).toBe(101);
    expect(await statusOf(kitchen, '203.0.113.9')).toBe(503);
    expect(await statusOf(kitchen, '6.6.6.6, 203.0.113.9')).toBe(503);
    expect(await statusOf(kitchen, '127.0.0.9, 203.0.113.9')).toBe(503);
    expect(await statusOf(kitchen, '203.0.113.10')).toBe(101);
    expect(kitchen.gateway.load().addresses).toBe(2);
  });

  it('counts for the delays after wrong tokens, over WebSocket and HTTP', async () => {
    const { kitchen, clock } = await createStage({ trustedProxies: ['127.0.0.1'] });
    const url = `${kitchen.gateway.url.replace('ws:', 'http:').replace('/v1/ws', '')}/v1/devices`;
    for (const [forwarded, delayMs] of [
      ['203.0.113.9', 250],
      ['6.6.6.6, 203.0.113.9', 500],
      ['203.0.113.10', 250],
    ] as const) {
      const headers = { ...through(forwarded).headers, authorization: 'Bearer wrong' };
      const refused = fetch(url, { headers });
      const address = forwarded.split(', ').at(-1);
      expect(await kitchen.log.lines('wrong token').next()).toEqual({ address, delayMs });
      clock.increment(delayMs);
      expect((await refused).status).toBe(401);
    }
    const client = await openRaw(kitchen.gateway.url, through('203.0.113.9'));
    client.call('authenticate', { token: 'wrong' }).catch(() => {});
    expect(await kitchen.log.lines('wrong token').next()).toEqual({ address: '203.0.113.9', delayMs: 750 });
  });
});
