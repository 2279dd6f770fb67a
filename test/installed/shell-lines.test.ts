/** Types the shell lines of every document, as a reader would. One document: npx vitest run --config vitest.installed.config.ts -t docs/http.md */
import { describe, expect, it, onTestFinished } from 'vitest';
import { MQTT_PORT, makeCheckout } from '../docs/shell/checkout.js';
import { startMosquitto } from '../hub/mosquitto.js';
import { followAndTell, linesOf, readDocuments } from './documents.js';

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
    await followAndTell(blocks, checkout);
  });
});
