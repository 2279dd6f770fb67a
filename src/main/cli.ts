#!/usr/bin/env node
/** The program `tandem`: gives the command line the real process. */
import { systemClock } from '../transport/clock.js';
import { watchInterrupts } from './interrupts.js';
import { run } from './run.js';
import { createProcessTerminal, printDefectsSafely } from './terminal/process-terminal.js';

const signal = watchInterrupts(process, systemClock, (name) => process.kill(process.pid, name));
const terminal = createProcessTerminal(process, signal);
printDefectsSafely(process, terminal.err);
// A reader that closes early (`tandem devices | head -1`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

process.exitCode = await run(process.argv.slice(2), terminal);
