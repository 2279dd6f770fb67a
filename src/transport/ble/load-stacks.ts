/** Loads noble and bleno over a given HCI socket, as often as asked: each its own instance, which the packages do not offer. */
import Module, { createRequire } from 'node:module';
import os from 'node:os';
import { findHciSocket, findStack, HCI_SOCKET, type StackFiles } from './radio-packages.js';
import type { Bleno, HciSocketClass, Noble } from './stacks.js';

/** Throws what the package throws. */
export function loadNoble(Socket: HciSocketClass): Noble {
  const files = findStack('noble');
  return loadFresh(files, Socket, () => {
    const create = require(files.entry) as (options: object) => Noble; // untyped module
    return create({});
  });
}

/** As `loadNoble`. */
export function loadBleno(Socket: HciSocketClass): Bleno {
  const files = findStack('bleno');
  return loadFresh(files, Socket, () => require(files.entry) as Bleno); // typed by hand: see stacks.ts
}

/**
 * The socket of this machine's adapters. Throws when it is not installed or not built, or where the kernel knows no Bluetooth: EAFNOSUPPORT
 * at the first `new`. Loads once per process and not in a second worker thread. Source: ble.md 1.
 */
export function loadNativeSocket(): HciSocketClass {
  try {
    return withLoader(loadModule, () => require(HCI_SOCKET) as HciSocketClass); // typed by hand: see stacks.ts
  } catch (cause) {
    if (findHciSocket() === undefined) {
      throw new Error(`the package ${HCI_SOCKET} is not installed; tandem doctor says how`, { cause });
    }
    const isUnbuilt = cause instanceof Error && /bluetooth_hci_socket\.node/.test(cause.message);
    throw isUnbuilt ? new Error('the native HCI socket is not built; tandem doctor says how', { cause }) : cause;
  }
}

const require = createRequire(import.meta.url);

type LoadModule = (this: unknown, request: string, ...rest: unknown[]) => unknown;

/** What `require` calls for every module: not in Node's types, though many tools stand on it. */
const loader = Module as unknown as { _load: LoadModule }; // untyped there
const loadModule = loader._load;

/**
 * Both packages require the socket by its name and keep one instance per module: so the name gives ours for a moment, whether or not the
 * socket's package is installed, and their modules are forgotten.
 */
function loadFresh<Stack>({ folder }: StackFiles, Socket: HciSocketClass, load: () => Stack): Stack {
  forget(folder);
  try {
    return withLoader(
      (request, ...rest) => (request === HCI_SOCKET ? Socket : loadModule.call(Module, request, ...rest)),
      () => asOnLinux(load),
    );
  } finally {
    forget(folder);
  }
}

function withLoader<Value>(load: LoadModule, work: () => Value): Value {
  const before = loader._load;
  loader._load = load;
  try {
    return work();
  } finally {
    loader._load = before;
  }
}

/** Elsewhere the packages would take other bindings, which know no HCI socket: virtual controllers run on every system. */
function asOnLinux<Value>(work: () => Value): Value {
  const { platform } = os;
  os.platform = () => 'linux';
  try {
    return work();
  } finally {
    os.platform = platform;
  }
}

/** Modules are also kept by those that required them: unless both let go, every load would stay in memory for good. */
function forget(folder: string): void {
  for (const [path, module] of Object.entries(require.cache)) {
    if (!path.startsWith(folder) || module === undefined) continue;
    if (module.parent) module.parent.children.length = 0;
    module.children.length = 0;
    delete require.cache[path];
  }
}
