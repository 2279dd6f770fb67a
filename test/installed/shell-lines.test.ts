/** Types the shell lines of every document, as a reader would. One document: npx vitest run --config vitest.installed.config.ts -t docs/http.md */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFailed, onTestFinished } from 'vitest';
import { readShellBlocks } from '../../scripts/shell-blocks.mjs';
import { MQTT_PORT, makeCheckout } from '../docs/shell/checkout.js';
import { follow } from '../docs/shell/reader.js';
import { startMosquitto } from '../hub/mosquitto.js';

const documents = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
  encoding: 'utf8',
})
  .trim()
  .split('\n')
  .map((path) => ({ path, blocks: readShellBlocks({ path, text: readFileSync(path, 'utf8') }) }))
  .filter(({ blocks }) => blocks.some(({ notRun }) => notRun === undefined));

describe('the shell lines of', () => {
  it('documents are found', () => {
    expect(documents.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['README.md', 'docs/cli.md', 'docs/http.md']),
    );
  });

  it.for(documents)('$path work, and print what they say', { timeout: 600_000 }, async ({ blocks }, { skip }) => {
    const lines = blocks.filter(({ notRun }) => notRun === undefined).flatMap((block) => block.lines);
    const mosquitto = lines.some((line) => line.includes(MQTT_PORT)) ? await startMosquitto(skip) : undefined;
    const isInstalled = !lines.some((line) => /^npm ci\b/.test(line));
    const checkout = await makeCheckout({ isInstalled, mqttPort: mosquitto?.port });
    onTestFinished(checkout.remove);
    let transcript = '';
    onTestFailed(() => void process.stderr.write(transcript));
    await follow(blocks, checkout, (text) => {
      transcript += text;
    });
  });
});
