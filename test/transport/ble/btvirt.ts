/** BlueZ's btvirt: Bluetooth controllers no one here wrote. Each connection to its socket is a controller; all of them share one air. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { type FSWatcher, mkdtempSync, rmSync, watch } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where controllers for Bluetooth LE are; btvirt takes no other folder. Source: ble.md 2. */
export const BTVIRT_PATH = '/tmp/bt-server-le';
const FOLDER = '/tmp';
/** In the order in which btvirt opens them. */
const SOCKETS = ['bt-server-bredrle', 'bt-server-bredr', 'bt-server-amp', 'bt-server-le', 'bt-server-mon'];
/** The command Reset in H4. Source: Core Specification 5.3, volume 4, part E, section 7.3.2. */
const RESET = Uint8Array.of(0x01, 0x03, 0x0c, 0x00);

export interface Btvirt {
  /** Resolves when the process has ended and its sockets are removed. */
  stop(): Promise<void>;
}

/** Why btvirt cannot run here, in words that say what to do; undefined: it can. */
export function whyNoBtvirt(): string | undefined {
  if (process.platform !== 'linux') return 'btvirt is a program for Linux';
  return spawnSync('btvirt', ['--help']).error === undefined ? undefined : 'install bluez-test-tools, which has btvirt';
}

/** Resolves when its controllers answer. Throws Error where btvirt is missing, and while another one runs: all of them use the same sockets. */
export async function startBtvirt(): Promise<Btvirt> {
  const obstacle = whyNoBtvirt();
  if (obstacle !== undefined) throw new Error(obstacle);
  if ((await tryController()) !== 'refused') throw new Error(`${BTVIRT_PATH} belongs to another btvirt: stop that one`);
  const plain = await launch({});
  if ((await tryController()) === 'answered') return plain;
  await plain.stop();
  return launchWithStandIn();
}

/** For kernels without AF_ALG: there btvirt closes every LE controller at once. */
async function launchWithStandIn(): Promise<Btvirt> {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-btvirt-'));
  const library = join(folder, 'noalg.so');
  const source = fileURLToPath(new URL('noalg.c', import.meta.url));
  execFileSync('gcc', ['-shared', '-fPIC', '-o', library, source, '-ldl']);
  const btvirt = await launch({ LD_PRELOAD: library });
  rmSync(folder, { recursive: true });
  if ((await tryController()) === 'answered') return btvirt;
  await btvirt.stop();
  throw new Error('btvirt runs, and its controllers do not answer');
}

async function launch(environment: NodeJS.ProcessEnv): Promise<Btvirt> {
  removeSockets();
  const watcher = watch(FOLDER); // before btvirt starts: it may be quicker than what follows
  const child = spawn('btvirt', ['-s'], { stdio: 'ignore', env: { ...process.env, ...environment } });
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  await lastSocketOf(child, watcher);
  const stop = async () => {
    process.off('exit', kill);
    if (child.exitCode === null && child.signalCode === null) {
      kill();
      await once(child, 'exit');
    }
    removeSockets();
  };
  return { stop };
}

/** The last socket is there: so are the others. */
function lastSocketOf(child: ChildProcess, watcher: FSWatcher): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    watcher.on('change', (_, name) => {
      if (name === SOCKETS.at(-1)) resolve();
    });
    const fail = (cause: unknown) => reject(new Error('btvirt did not start', { cause }));
    child.once('error', fail);
    child.once('exit', fail);
  }).finally(() => watcher.close());
}

/** 'closed': there is a btvirt, and it drops its controllers. */
function tryController(): Promise<'answered' | 'closed' | 'refused'> {
  return new Promise((resolve) => {
    let isConnected = false;
    const socket = connect(BTVIRT_PATH, () => {
      isConnected = true;
      socket.write(RESET);
    });
    socket.once('data', () => {
      resolve('answered');
      socket.destroy();
    });
    socket.on('error', () => {}); // the close that follows tells it
    socket.once('close', () => resolve(isConnected ? 'closed' : 'refused'));
  });
}

function removeSockets(): void {
  for (const name of SOCKETS) rmSync(join(FOLDER, name), { force: true });
}
