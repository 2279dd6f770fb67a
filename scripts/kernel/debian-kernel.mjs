/** Debian's newest kernel for this distribution, as its package has it: nothing is installed. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.mjs';

/** The package that depends on whatever kernel is newest. */
const META_PACKAGE = 'linux-image-amd64';

/**
 * @typedef {object} Kernel
 * @property {string} version as its modules name it
 * @property {string} image what a boot loader starts
 * @property {string} folder that holds lib/modules
 */

/**
 * Downloaded and unpacked once below `cache`, until there is a newer one. Lists of packages may be missing, or name a kernel that the
 * archive has replaced: then they are fetched anew, which takes root.
 * @param {string} cache
 * @returns {Kernel}
 */
export function fetchKernel(cache) {
  try {
    return keepKernel(cache);
  } catch {
    run('apt-get', ['update', '-q']);
    return keepKernel(cache);
  }
}

/** @param {string} cache */
function keepKernel(cache) {
  const name = newestPackage();
  const folder = join(cache, name);
  if (!existsSync(folder)) unpack(name, folder);
  const version = readdirSync(join(folder, 'lib/modules'))[0] ?? '';
  return { version, image: join(folder, 'boot', `vmlinuz-${version}`), folder };
}

function newestPackage() {
  const depends = run('apt-cache', ['depends', '--no-recommends', '--no-suggests', META_PACKAGE]).toString();
  const name = /Depends: (linux-image-\S+)/.exec(depends)?.[1];
  if (name === undefined) throw new Error(`${META_PACKAGE} depends on no kernel:\n${depends}`);
  return name;
}

/**
 * Beside its place first, so that an unpacking that was cut short leaves nothing that looks whole.
 * @param {string} name
 * @param {string} folder
 */
function unpack(name, folder) {
  const draft = `${folder}.draft`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  run('apt-get', ['download', '-q', name], { cwd: draft });
  const [file = ''] = readdirSync(draft);
  run('dpkg-deb', ['-x', file, '.'], { cwd: draft });
  rmSync(join(draft, file));
  const [version = ''] = readdirSync(join(draft, 'lib/modules'));
  run('depmod', ['-b', draft, version]);
  renameSync(draft, folder);
}
