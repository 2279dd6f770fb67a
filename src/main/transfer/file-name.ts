/** Names of files that another device chose: never a path, and nothing that a terminal or a shell would take for more than a name. */
import { printable } from '../terminal/printable.js';
import { MAX_FILE_NAME_BYTES } from './words.js';

/** The name to keep a file under; undefined for what is a path, or no name at all. */
export function safeFileName(name: string): string | undefined {
  if (name === '' || name === '.' || name === '..' || /[/\\\0]/.test(name)) return undefined;
  const shown = [...name].map((character) => (printable(character) === character ? character : '_')).join('');
  // A hidden file is not what somebody who takes a file expects; a drive or a stream of Windows even less.
  const safe = shown
    .replace(/^[.~-]+/, '_')
    .replaceAll(/[<>:"|?*]/g, '_')
    .trim();
  return safe === '' || Buffer.byteLength(safe) > MAX_FILE_NAME_BYTES ? undefined : safe;
}
