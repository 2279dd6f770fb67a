/** What the kernel unpacks into memory and starts: busybox, the modules, and a script that changes to the host's own files. */
import { chmodSync, copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './run.mjs';

/** Loaded in this order, each after what it needs: the host's files over 9p, a layer in memory above them, Bluetooth. */
const MODULES = ['virtio_pci', '9pnet_virtio', '9p', 'overlay', 'hci_vhci'];
const INIT = fileURLToPath(new URL('../../test/kernel/init.sh', import.meta.url));

/**
 * The path of the archive. `command` is a shell script that the guest runs among the host's files.
 * @param {import('./debian-kernel.mjs').Kernel} kernel
 * @param {string} work a folder of its own
 * @param {string} command
 */
export function buildInitramfs(kernel, work, command) {
  const root = join(work, 'root');
  rmSync(root, { recursive: true, force: true });
  for (const folder of ['bin', 'modules', 'proc', 'sys', 'dev', 'host', 'layer', 'mnt']) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  copyFileSync(run('sh', ['-c', 'command -v busybox']).toString().trim(), join(root, 'bin/busybox'));
  moduleFiles(kernel).forEach((file, place) => void copyModule(file, join(root, 'modules'), place));
  copyFileSync(INIT, join(root, 'init'));
  chmodSync(join(root, 'init'), 0o755);
  writeFileSync(join(root, 'command.sh'), command);
  const archive = join(work, 'initramfs.gz');
  run('sh', ['-c', 'find . | cpio --quiet -o -H newc | gzip -1 > ../initramfs.gz'], { cwd: root });
  return archive;
}

/** @param {import('./debian-kernel.mjs').Kernel} kernel */
function moduleFiles({ folder, version }) {
  const steps = MODULES.flatMap((module) =>
    run('modprobe', ['-d', folder, '-S', version, '--show-depends', module]).toString().split('\n'),
  );
  return [...new Set(steps.flatMap((step) => /^insmod (\S+)/.exec(step)?.[1] ?? []))];
}

/**
 * busybox loads modules in the order of their names, and only plain ones; newer distributions compress theirs.
 * @param {string} file
 * @param {string} folder
 * @param {number} place
 */
function copyModule(file, folder, place) {
  const name = `${String(place).padStart(2, '0')}-${basename(file, '.xz')}`;
  if (file.endsWith('.xz')) writeFileSync(join(folder, name), run('xz', ['-dc', file]));
  else copyFileSync(file, join(folder, name));
}
