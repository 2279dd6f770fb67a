/** Tries the native HCI socket in a process of its own: loading it may throw, block, or bring the process down. */
import { execFile } from 'node:child_process';
import { isObject } from '../../protocol/shape.js';

/** What became of the attempt. */
export type HciSocketTrial =
  /** It gave a socket, and the adapters that the kernel has. */
  | { readonly type: 'works'; readonly adapters: readonly ListedAdapter[] }
  | { readonly type: 'not-built' }
  /** EAFNOSUPPORT: this kernel knows no Bluetooth, or keeps it from this network namespace. */
  | { readonly type: 'no-bluetooth' }
  | { readonly type: 'failed'; readonly reason: string };

/** Source: HCIGETDEVLIST, which needs no rights. */
export interface ListedAdapter {
  /** hci0 is 0. */
  readonly number: number;
  readonly isUp: boolean;
}

/** Never rejects; resolves when the process has ended. `directory` is that of the package; the process is killed after `limitMs`. */
export function tryHciSocket(directory: string, limitMs: number): Promise<HciSocketTrial> {
  return new Promise((resolve) => {
    let isLate = false;
    const child = execFile(
      process.execPath,
      ['-e', TRIAL, directory],
      { encoding: 'utf8', maxBuffer: MAX_ANSWER_BYTES },
      (error, stdout) => {
        clearTimeout(timer);
        if (isLate) resolve({ type: 'failed', reason: `no answer within ${limitMs} ms` });
        else resolve(readAnswer(stdout) ?? { type: 'failed', reason: error?.message.trim() ?? 'it said nothing' });
      },
    );
    const timer = setTimeout(() => {
      isLate = true;
      child.kill('SIGKILL');
      // A process that waits within the kernel cannot be killed: it must not keep this one.
      child.unref();
      child.stdout?.destroy();
      child.stderr?.destroy();
    }, limitMs);
  });
}

const MAX_ANSWER_BYTES = 65_536;

/** Opens a socket, binds it to nothing, asks for the list. */
const TRIAL = `
let answer;
try {
  const Socket = require(process.argv[1]);
  answer = { adapters: new Socket().getDeviceList().map(({ devId, devUp }) => ({ number: devId, isUp: devUp })) };
} catch (error) {
  answer = { code: String(error.code), message: String(error.message).split('\\n')[0] };
}
require('fs').writeSync(1, JSON.stringify(answer));
process.exit();
`;

function readAnswer(text: string): HciSocketTrial | undefined {
  const answer = parse(text);
  if (!isObject(answer)) return undefined;
  const { adapters, code, message } = answer;
  if (Array.isArray(adapters)) return { type: 'works', adapters: adapters.filter(isListed) };
  // The message tells where the code is not set: the addon's own errors have the number only.
  if (code === 'EAFNOSUPPORT' || String(message).includes('EAFNOSUPPORT')) return { type: 'no-bluetooth' };
  if (code === 'MODULE_NOT_FOUND' && String(message).includes(BUILT_FILE)) return { type: 'not-built' };
  return { type: 'failed', reason: String(message) };
}

const BUILT_FILE = 'bluetooth_hci_socket.node';

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isListed(value: unknown): value is ListedAdapter {
  return isObject(value) && Number.isInteger(value['number']) && typeof value['isUp'] === 'boolean';
}
