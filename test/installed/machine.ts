/**
 * A throwaway machine: all that this one has, in a mount namespace of its own, where every change goes to a layer that is removed afterwards. So what an
 * administrator types, and what a Dockerfile says, is carried out as it stands.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { freemem, tmpdir } from 'node:os';
import { join } from 'node:path';
import { NETWORK_ENV } from '../docs/shell/network.js';

/** An install of the development tools takes 600 MB. */
const PLENTY_BYTES = 8 * 2 ** 30;
const MISSING = 'a machine to throw away takes root on Linux, with the right to mount (CAP_SYS_ADMIN)';

export interface Machine {
  /** The command that runs its arguments there, in a folder. */
  enter(cwd?: string): readonly string[];
  /** Runs a shell command as root. Throws with its output when it fails. */
  run(command: string, options?: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> }): string;
  remove(): Promise<void>;
}

/** As after logging in. */
export const ROOT_ENV = {
  ...NETWORK_ENV,
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  LANG: 'C.UTF-8',
};

/** Skips the test where that is impossible, and says why. */
export async function openMachine(skip: (note: string) => void): Promise<Machine> {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-machine-'));
  const root = join(folder, 'root');
  mkdirSync(root);
  const memory = freemem() > PLENTY_BYTES ? 'plenty' : 'little';
  const holder = spawn('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', MOUNT, 'sh', folder, memory], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const [said] = await Promise.race([once(holder.stdout, 'data'), once(holder, 'close'), once(holder, 'error')]);
  if (!String(said).includes('ready')) {
    await rm(folder, { recursive: true });
    process.stderr.write(`${MISSING}\n`);
    skip(MISSING);
  }
  const enter = (cwd = '/'): string[] => [
    ...['nsenter', `--mount=/proc/${holder.pid}/ns/mnt`, 'chroot', root],
    ...['env', '-C', cwd],
  ];
  return {
    enter,
    run(command, { cwd = '/', env = ROOT_ENV } = {}) {
      const [program = '', ...args] = [...enter(cwd), 'sh', '-c', `{ ${command}\n} 2>&1`];
      const { status, stdout } = spawnSync(program, args, { env, encoding: 'utf8', maxBuffer: 2 ** 26 });
      if (status !== 0) throw new Error(`${command}\nfailed with ${status}:\n${stdout}`);
      return stdout;
    },
    async remove() {
      await end(holder);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The layer is in memory where there is plenty of it, or where it cannot be on disk. Ends with its input. */
const MOUNT = `
over() { cd "$1" && mkdir layer work && mount -t overlay overlay -o lowerdir=/,upperdir=layer,workdir=work root; }
in_memory() { mount -t tmpfs tmpfs "$1" && mkdir "$1/root" && over "$1"; }
if [ "$2" = plenty ]; then in_memory "$1"; else over "$1" || in_memory "$1"; fi || exit 1
for kernel in proc sys dev; do mount --rbind /$kernel root/$kernel || exit 1; done
echo ready
exec cat`;

async function end(holder: ChildProcess): Promise<void> {
  const closed = once(holder, 'close');
  holder.stdin?.end();
  await closed;
}
