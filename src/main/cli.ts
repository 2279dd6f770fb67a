#!/usr/bin/env node
/** The program `tandem`: gives the command line the real process. */
import { text } from 'node:stream/consumers';
import { systemClock } from '../transport/clock.js';
import { watchInterrupts } from './interrupts.js';
import { run } from './run.js';
import { createRedraw } from './terminal.js';

const signal = watchInterrupts(process, systemClock, (name) => process.kill(process.pid, name));
// A reader that closes early (`tandem devices | head -1`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

process.exitCode = await run(process.argv.slice(2), {
  out: (line) => void process.stdout.write(`${line}\n`),
  err: (line) => void process.stderr.write(`${line}\n`),
  ...(process.stdout.isTTY && { redraw: createRedraw(process.stdout) }),
  isTerminal: process.stderr.isTTY === true,
  onReload(listener) {
    process.on('SIGHUP', listener);
    return () => void process.off('SIGHUP', listener);
  },
  readInput: () => text(process.stdin),
  env: process.env,
  signal,
});
