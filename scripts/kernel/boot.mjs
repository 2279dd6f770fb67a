/** Boots a kernel in QEMU, with this machine's files read-only below it, and waits until it powers off. */
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';

/**
 * How the guest's instructions are run. By default they are interpreted, which works everywhere, and its clock counts them: two nanoseconds
 * each. A machine that is busy with other things then makes the guest slow, and never late.
 */
const PROCESSOR = process.env['TANDEM_QEMU_ACCEL']
  ? ['-accel', process.env['TANDEM_QEMU_ACCEL'], '-smp', '2']
  : ['-accel', 'tcg,thread=single', '-icount', 'shift=1', '-smp', '1'];

/** What ends this process ends the guest with it. */
const ENDING_SIGNALS = ['SIGINT', 'SIGTERM'];

/**
 * @typedef {object} Boot
 * @property {string} image
 * @property {string} initramfs
 * @property {string} log where everything the guest prints is written
 * @property {number} timeoutMs
 * @property {(line: string) => void} onLine
 */

/**
 * How it ended: the exit status of QEMU, or 'timeout'.
 * @param {Boot} options
 * @returns {Promise<number | string>}
 */
export function boot({ image, initramfs, log, timeoutMs, onLine }) {
  return new Promise((resolve, reject) => {
    const guest = spawn('qemu-system-x86_64', qemuArguments(image, initramfs), { stdio: ['ignore', 'pipe', 'pipe'] });
    const file = createWriteStream(log);
    let end = '';
    const deadline = setTimeout(() => {
      end = 'timeout';
      guest.kill('SIGKILL');
    }, timeoutMs);
    const stop = () => void guest.kill('SIGKILL');
    process.once('exit', stop);
    for (const signal of ENDING_SIGNALS) process.once(signal, endOnSignal);
    readLines(guest.stdout, file, onLine);
    guest.stderr.pipe(file, { end: false });
    guest.once('error', reject);
    guest.once('close', (status, signal) => {
      clearTimeout(deadline);
      process.off('exit', stop);
      for (const signal of ENDING_SIGNALS) process.off(signal, endOnSignal);
      file.end(() => resolve(end === '' ? (status ?? signal ?? '') : end));
    });
  });
}

function endOnSignal() {
  process.exit(1);
}

/**
 * Nothing of the guest reaches the host's files: they are shared read-only. The kernel is quiet, because in raw mode it says a line per packet.
 * @param {string} image
 * @param {string} initramfs
 */
function qemuArguments(image, initramfs) {
  return [
    ...['-machine', 'q35', ...PROCESSOR, '-cpu', 'max', '-m', '1536'],
    ...['-nodefaults', '-no-reboot', '-nographic', '-serial', 'stdio'],
    ...['-kernel', image, '-initrd', initramfs, '-append', 'console=ttyS0 quiet loglevel=1 panic=1'],
    ...['-fsdev', 'local,id=host,path=/,security_model=none,readonly=on,multidevs=remap'],
    ...['-device', 'virtio-9p-pci,fsdev=host,mount_tag=host'],
    ...['-object', 'rng-random,id=random,filename=/dev/urandom', '-device', 'virtio-rng-pci,rng=random'],
  ];
}

/**
 * @param {import('node:stream').Readable} output
 * @param {import('node:stream').Writable} log
 * @param {(line: string) => void} onLine
 */
function readLines(output, log, onLine) {
  let rest = '';
  output.setEncoding('utf8');
  output.on('data', (text) => {
    log.write(text);
    const lines = (rest + text).split(/\r*\n/);
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
}
