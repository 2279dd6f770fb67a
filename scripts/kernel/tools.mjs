/** The programs that the kernel test runs, and where Debian keeps them. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const TOOLS = [
  { program: 'qemu-system-x86_64', from: 'qemu-system-x86' },
  { program: 'busybox', from: 'busybox-static' },
  { program: 'cpio', from: 'cpio' },
  { program: 'gzip', from: 'gzip' },
  { program: 'modprobe', from: 'kmod' },
  { program: 'depmod', from: 'kmod' },
  { program: 'xz', from: 'xz-utils' },
  { program: 'hciconfig', from: 'bluez' },
];

const NATIVE_SOCKET = 'node_modules/@abandonware/bluetooth-hci-socket/build/Release/bluetooth_hci_socket.node';

/** Where modprobe and depmod are, also for users whose own path leaves it out. */
export const TOOL_PATH = `${process.env['PATH']}:/usr/sbin:/sbin`;

/** Why the kernel test cannot run here, in a sentence that says what to do; undefined: it can. */
export function whyNot() {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'it boots a Linux kernel for x86-64 on the same';
  if (!isThere('apt-get')) return "the kernel comes from Debian's packages, and there is no apt-get here";
  const missing = TOOLS.filter(({ program }) => !isThere(program)).map(({ from }) => from);
  if (missing.length > 0) return `install ${[...new Set(missing)].join(' ')}`;
  return existsSync(NATIVE_SOCKET) ? undefined : 'build the native socket: npm run build:radio';
}

/** @param {string} program */
function isThere(program) {
  const env = { ...process.env, PATH: TOOL_PATH };
  return spawnSync('sh', ['-c', `command -v ${program}`], { env, stdio: 'ignore' }).status === 0;
}
