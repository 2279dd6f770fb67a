/** `npm run test:kernel`: Tandem under a real Linux kernel, in QEMU. One line per check; see docs/kernel-test.md. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { boot } from './kernel/boot.mjs';
import { findGaps, readCheck, summarise } from './kernel/checks.mjs';
import { fetchKernel } from './kernel/debian-kernel.mjs';
import { buildInitramfs } from './kernel/initramfs.mjs';
import { whyNot } from './kernel/tools.mjs';
import { runAsProgram } from './program.mjs';

const CACHE = 'node_modules/.cache/tandem-kernel';
const RESULTS = 'test-results';
/** Compiled from test/kernel by tsconfig.kernel.json. */
const GUEST = join(RESULTS, 'guest/test/kernel/guest.js');
const LOG = join(RESULTS, 'kernel.log');
/** About two minutes are needed; a machine that is busy with other things takes its time. */
const TIMEOUT_MS = 480_000;
/** How much of the console is shown when something is wrong. */
const SHOWN_LINES = 60;

async function testKernel() {
  const obstacle = whyNot();
  if (obstacle !== undefined) {
    console.log(`kernel test: skipped: ${obstacle}`);
    return process.env['CI'] !== 'true';
  }
  mkdirSync(RESULTS, { recursive: true });
  const { checks, gaps } = await bootAndWatch();
  for (const gap of gaps) console.log(`not ok: ${gap}`);
  const summary = summarise(checks, gaps);
  writeFileSync(join(RESULTS, 'kernel.json'), JSON.stringify(summary));
  const isWell = summary.numFailedTests === 0 && summary.numPassedTests > 0;
  if (!isWell) showConsole();
  console.log(`kernel test: ${summary.numPassedTests} passed, ${summary.numFailedTests} failed`);
  return isWell;
}

async function bootAndWatch() {
  const kernel = fetchKernel(CACHE);
  const initramfs = buildInitramfs(kernel, CACHE, guestCommand());
  console.log(`kernel test: booting Linux ${kernel.version}; its console is in ${LOG}`);
  /** @type {string[]} */
  const lines = [];
  const end = await boot({
    image: kernel.image,
    initramfs,
    log: LOG,
    timeoutMs: TIMEOUT_MS,
    onLine(line) {
      lines.push(line);
      if (readCheck(line) !== undefined) console.log(line);
    },
  });
  const checks = lines.flatMap((line) => readCheck(line) ?? []);
  return { checks, gaps: [...findGaps(lines), ...(end === 0 ? [] : [`QEMU ended with ${end}`])] };
}

/** The guest sees the host's files where they are, so its command names them as the host does. A thread waits at each of its adapters. */
function guestCommand() {
  return `cd '${process.cwd()}' && UV_THREADPOOL_SIZE=16 '${process.execPath}' ${GUEST}\n`;
}

function showConsole() {
  const lines = readFileSync(LOG, 'utf8').split(/\r*\n/);
  console.log(`the end of ${LOG}:`);
  for (const line of lines.slice(-SHOWN_LINES)) console.log(`  ${line}`);
}

await runAsProgram(import.meta.url, testKernel);
