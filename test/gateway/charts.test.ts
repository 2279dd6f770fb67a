import { describe, expect, it } from 'vitest';
import { statesOf } from '../../src/charts/documents.js';
import { createStage } from './fixture.js';

async function open(): Promise<(path: string, headers?: Record<string, string>) => Promise<Response>> {
  const { kitchen } = await createStage();
  const origin = `http://${kitchen.gateway.host}:${kitchen.gateway.port}`;
  return (path, headers = {}) => fetch(`${origin}/v1/charts/${path}`, { headers });
}

describe('GET /v1/charts', () => {
  it.each([
    ['session.svg', 'image/svg+xml; charset=utf-8', '<svg '],
    ['peer.mmd', 'text/vnd.mermaid; charset=utf-8', 'stateDiagram-v2'],
    ['radio.scxml', 'application/scxml+xml; charset=utf-8', '<?xml '],
    ['session.json', 'application/json; charset=utf-8', '{"machine":"session"'],
    ['peer.xstate.json', 'application/json; charset=utf-8', '{"id":"peer"'],
  ])('gives %s to anyone, without a token', async (name, type, start) => {
    const get = await open();
    const response = await get(name);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, type]);
    expect((await response.text()).startsWith(start)).toBe(true);
  });

  it('says what there is when the machine or the format is unknown', async () => {
    const get = await open();
    for (const name of [
      'broker.svg',
      'session.gif',
      'session',
      'session.svg.svg',
      'session.xstate',
      'constructor.svg',
      'session.toString',
    ]) {
      const response = await get(name);
      expect([response.status, await response.json()]).toEqual([
        404,
        { error: 'There are session, peer, radio, each as svg, png, mmd, scxml, json, xstate.json.' },
      ]);
    }
  });

  it('refuses an unknown or a second active state', async () => {
    const get = await open();
    const unknown = await get('session.svg?active=asleep');
    expect([unknown.status, await unknown.json()]).toEqual([
      400,
      { error: `The session has no such state; it has ${statesOf('session').join(', ')}.` },
    ]);
    expect((await get('session.svg?active=created&active=failed')).status).toBe(400);
  });

  it('sends nothing again to those who have it', async () => {
    const get = await open();
    const etag = (await get('peer.svg?active=linked')).headers.get('etag') ?? '';
    const again = await get('peer.svg?active=linked', { 'if-none-match': `"other", W/${etag}` });
    expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', etag]);
    expect((await get('peer.svg', { 'if-none-match': etag })).status).toBe(200);
  });

  it('lets a chart run nothing and load nothing', async () => {
    const get = await open();
    const { headers } = await get('session.svg');
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; style-src 'unsafe-inline'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });
});
