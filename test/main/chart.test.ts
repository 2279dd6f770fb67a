import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../../src/main/run.js';
import { createRecordedIo, makeTemporaryDirectory } from './recorded-io.js';

describe('tandem chart', () => {
  it('prints the chart, without a gateway', async () => {
    const io = createRecordedIo();
    expect(await run(['chart', 'radio', '--format', 'mmd'], io)).toBe(0);
    expect(io.written().toString()).toBe(`${(await readFile('docs/charts/radio.mmd', 'utf8')).trimEnd()}\n`);
  });

  it('writes it to a file', async () => {
    const out = join(await makeTemporaryDirectory(), 'radio.svg');
    const io = createRecordedIo();
    expect(await run(['chart', 'radio', '--out', out], io)).toBe(0);
    expect(await readFile(out, 'utf8')).toBe(await readFile('docs/charts/radio.svg', 'utf8'));
    expect(io.outLines).toEqual([]);
  });

  it.each([
    [[], "missing required argument 'machine'"],
    [
      ['sesion'],
      "command-argument value 'sesion' is invalid for argument 'machine'. Allowed choices are session, peer, radio.",
    ],
    [
      ['peer', '--format', 'gif'],
      "option '--format <NAME>' argument 'gif' is invalid. Allowed choices are svg, png, mmd, scxml, json, xstate.json.",
    ],
    [['peer', '--format', 'png'], 'A png is no text: name a file with --out.'],
    [
      ['peer', '--active', 'asleep'],
      'The peer has no such state; it has idle, dialling, waiting, grounded, linked, lingering.',
    ],
  ])('refuses %j and says why', async (args, words) => {
    const io = createRecordedIo();
    expect(await run(['chart', ...args], io)).toBe(2);
    expect(io.errLines[0]).toBe(`tandem: ${words}`);
  });

  it('says so when it cannot be written', async () => {
    const io = createRecordedIo();
    expect(await run(['chart', 'radio', '--format', 'mmd', '--out', '/no/such/directory/radio.mmd'], io)).toBe(1);
    expect(io.errLines[0]).toContain('tandem: The chart cannot be written: ');
  });
});
