import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import { describe, expect, it } from 'vitest';
import { SimulatedClock } from 'xstate';
import { createLineLog, type LineLog } from '../../../src/transport/ble/process/line-log.js';

describe('the log of another program', () => {
  it('puts pieces together to lines', async () => {
    const { log, lines } = createLog();
    await feed(log, 'one\ntw', 'o\nthr', 'ee');
    expect(lines).toEqual(['one', 'two', 'three']);
  });

  it('is plain: control characters are spaces', () => {
    const { log, lines } = createLog();
    log.write('a\u001b[2Jb\r\n\tc ');
    expect(lines).toEqual(['a [2Jb c']);
  });

  it('cuts long lines, also those that never end', async () => {
    const { log, lines } = createLog();
    await feed(log, `${'x'.repeat(5_000)}\n`, 'y'.repeat(5_000), 'y'.repeat(5_000));
    expect(lines).toEqual(['x'.repeat(1_000), 'y'.repeat(1_000)]);
  });

  it('has at most 60 lines a minute', () => {
    const { log, lines, clock } = createLog();
    for (let number = 0; number < 1_000; number += 1) log.write(`line ${number}`);
    expect([lines.length, lines.at(-1)]).toEqual([60, 'the radio process says more than is logged']);
    clock.increment(60_000);
    log.write('another minute');
    expect(lines.at(-1)).toBe('another minute');
  });
});

function createLog() {
  const clock = new SimulatedClock();
  const lines: string[] = [];
  return { clock, lines, log: createLineLog((line) => lines.push(line), clock) };
}

async function feed(log: LineLog, ...pieces: readonly string[]): Promise<void> {
  const stream = new PassThrough();
  log.read(stream);
  for (const piece of pieces) stream.write(piece);
  stream.end();
  await finished(stream);
}
