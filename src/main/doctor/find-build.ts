/** How the native HCI socket is built where it is installed. */
import { join } from 'node:path';
import { isObject } from '../../protocol/shape.js';
import { HCI_SOCKET } from '../../transport/ble/radio-packages.js';
import type { BuildCommand } from './facts.js';
import { readText } from './read-place.js';

/** What `npm run build:radio` stands for, where there is no such script. */
const REBUILD = `npm rebuild ${HCI_SOCKET} --ignore-scripts=false`;

/** It is the one part of a radio that does not come with Tandem: it is compiled, for Linux only. */
export const SOCKET_MISSING = `${HCI_SOCKET}, which drives Bluetooth adapters, is not installed.`;
/** The first command replaces a tar with known holes, which the socket's build tools ask for. */
export const INSTALL_SOCKET = `Install it with: npm pkg set overrides.tar=^7.5.8 && npm install --ignore-scripts ${HCI_SOCKET} && ${REBUILD}`;

/** `directory` is that of the socket's package. The command runs where the node_modules folder is that holds it. */
export async function findBuild(directory: string): Promise<BuildCommand> {
  const end = directory.lastIndexOf(join('/', 'node_modules', '/'));
  const home = end === -1 ? directory : directory.slice(0, end);
  const hasScript = offersScript(await readText(join(home, 'package.json')));
  return { directory: home, command: hasScript ? 'npm run build:radio' : REBUILD };
}

/** A checkout of Tandem has it, and so has a Tandem that was installed globally; other projects have not. */
function offersScript(text: string | undefined): boolean {
  try {
    const manifest: unknown = JSON.parse(text ?? '');
    return isObject(manifest) && isObject(manifest['scripts']) && 'build:radio' in manifest['scripts'];
  } catch {
    return false;
  }
}
