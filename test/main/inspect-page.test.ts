import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { build } from 'vite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { APP, createHome, openEchoSession } from '../client/fixture.js';
import { openTab, STORY_TIMEOUT_MS } from '../page/browser.js';
import { inspect } from './inspecting.js';

describe('the page of tandem inspect', () => {
  it('hands an inspector what happens', { timeout: STORY_TIMEOUT_MS }, async (context) => {
    const home = await createHome();
    const inspector = await serveReceiver();
    const { port } = await inspect(home, {}, ['--inspector', inspector]);
    const { page, problems } = await openTab(context, `http://localhost:${port}/`);
    await page.getByRole('status').getByText('Sessions of Tandem, live').waitFor();
    const client = await home.connect();
    await client.registerApp(APP);
    const { sessionId } = await openEchoSession(client);
    await page.frameLocator('iframe').getByText(`session-${sessionId} connected`).first().waitFor();
    await home.stopGateway();
    await page.getByRole('status').getByText('Not connected:').waitFor();
    expect(problems.filter((problem) => !problem.includes(inspector))).toEqual([]);
  });
});

/** A page that writes down what the browser's receiver of @statelyai/inspect hears. Answers with its address. */
async function serveReceiver(): Promise<string> {
  const output = await build({
    configFile: false,
    logLevel: 'silent',
    build: { write: false, lib: { entry: resolve('test/main/receiver-page.ts'), formats: ['es'] } },
  });
  const [bundle] = Array.isArray(output) ? output : [output];
  const script = bundle !== undefined && 'output' in bundle ? bundle.output[0].code : '';
  const server: Server = createServer(({ url }, response) => {
    const isScript = url === '/receiver.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? script : '<!doctype html><body><script type="module" src="/receiver.js"></script>');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`; // it listens on TCP
}
