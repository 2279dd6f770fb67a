/** Types the shell lines of every document, as a reader would. One document: npx vitest run --config vitest.installed.config.ts -t docs/http.md */
import { spawnSync } from 'node:child_process';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Checkout, MQTT_PORT, makeCheckout } from '../docs/shell/checkout.js';
import { startMosquitto } from '../hub/mosquitto.js';
import { followAndTell, linesOf, readDocuments } from './documents.js';

const MISSING = 'python3 with the package websockets is missing; on Debian: apt-get install python3-websockets';

/** What an administrator types is typed on another machine: test/installed/machine.test.ts. */
const documents = readDocuments().filter(({ blocks }) => !linesOf(blocks).some((line) => /\bsudo\b/.test(line)));

describe('the shell lines of', () => {
  it('documents are found', () => {
    const paths = documents.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['README.md', 'docs/cli.md', 'docs/http.md']));
  });

  it.for(documents)('$path work, and print what they say', async ({ blocks }, { skip }) => {
    const lines = linesOf(blocks);
    const mosquitto = lines.some((line) => line.includes(MQTT_PORT)) ? await startMosquitto(skip) : undefined;
    const isInstalled = !lines.some((line) => /^npm ci\b/.test(line));
    const checkout = await makeCheckout({ isInstalled, mqttPort: mosquitto?.port });
    onTestFinished(checkout.remove);
    if (blocks.some(({ language }) => language === 'python')) needWebSockets(checkout, skip);
    await followAndTell(blocks, checkout);
  });
});

/** Skips the test where Python has not what the document says it needs; in CI that is a failure. */
function needWebSockets({ env }: Checkout, skip: (note: string) => void): void {
  if (spawnSync('python3', ['-c', 'import websockets'], { env }).status === 0) return;
  if (process.env['CI'] === 'true') expect.fail(MISSING);
  process.stderr.write(`${MISSING}\n`);
  skip(MISSING);
}
