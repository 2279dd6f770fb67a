/** Whole processes: one that imports and ends, and `tandem start`. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Contender, Figures } from '../harness/contender.js';

const run = promisify(execFile);
/** The last line that `tandem start --demo` prints. */
const READY = 'Ctrl+C ends';

/** Each round is a new process that imports the modules and says what CPU it used. */
export function importModules(urls: readonly string[]): () => Promise<Contender> {
  const imports = urls.map((url) => `import(${JSON.stringify(url)})`).join(', ');
  const program = `
    const before = process.cpuUsage();
    await Promise.all([${imports}]);
    console.log(JSON.stringify([process.cpuUsage(), process.cpuUsage(before)]));`;
  return async () => ({
    async round() {
      const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program]);
      const [whole, part] = JSON.parse(stdout) as [NodeJS.CpuUsage, NodeJS.CpuUsage]; // printed by the program above
      return { processCpuMs: millisecondsOf(whole), importCpuMs: millisecondsOf(part) };
    },
    async close() {},
  });
}

function millisecondsOf({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1_000;
}

/** From the start of the process until it says that both devices are up, with a state directory that does not exist yet. */
export async function startDemo(): Promise<Figures> {
  const directory = await mkdtemp(join(tmpdir(), 'tandem-bench-'));
  const program = fileURLToPath(new URL('../../src/main/cli.js', import.meta.url));
  const startMs = performance.now();
  const child = spawn(
    process.execPath,
    [program, 'start', '--demo', '--port', '0', '--state-dir', join(directory, 'state')],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const exited = once(child, 'exit');
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.startsWith(READY)) return { readySeconds: (performance.now() - startMs) / 1_000 };
    }
    throw new Error('tandem start ended before it was ready');
  } finally {
    child.kill('SIGTERM');
    await exited;
    await rm(directory, { recursive: true });
  }
}
