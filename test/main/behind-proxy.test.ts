import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PageSettings } from '../../src/protocol/page-settings.js';
import { makeTemporaryDirectory } from './recorded-io.js';
import { startService } from './running-service.js';

/** Nobody listens at that port. */
const CONFIG = `
gateway: { publicUrl: https://tandem.home, trustedProxies: [127.0.0.1] }
mqtt: { url: "mqtt://127.0.0.1:9" }
log: { format: json }
`;

/** A service with those settings, and where it answers over HTTP. */
async function startBehindProxy() {
  const directory = await makeTemporaryDirectory();
  await writeFile(join(directory, 'config.yaml'), CONFIG, { mode: 0o600 });
  const { io } = await startService({ directory });
  const [, host = ''] = /gateway at ws:\/\/([^/]+)\//.exec(io.outLines.join('\n')) ?? [];
  return { io, base: `http://${host}` };
}

describe('tandem start behind a proxy', () => {
  it('does as its configuration says: whose pages, whose word on addresses, and how the hub is', async () => {
    const { io, base } = await startBehindProxy();
    const isAllowed = async (origin: string): Promise<unknown> => {
      const settings = await (await fetch(`${base}/page.json?origin=${origin}`)).json();
      return (settings as PageSettings).isOriginAllowed; // the gateway's word
    };
    expect([await isAllowed('https://tandem.home'), await isAllowed('https://other.home')]).toEqual([true, false]);

    const headers = { authorization: 'Bearer wrong', 'x-forwarded-for': '6.6.6.6, 203.0.113.9' };
    expect((await fetch(`${base}/v1/devices`, { headers })).status).toBe(401);
    const [line = ''] = io.errLines.filter((one) => one.includes('wrong token'));
    expect(JSON.parse(line)).toMatchObject({ address: '203.0.113.9' });

    const ready = await fetch(`${base}/readyz`);
    const reason = 'the hub is not connected to its MQTT broker';
    expect([ready.status, await ready.json()]).toEqual([503, { status: 'notReady', reason }]);
  });
});
