/** Puts virtual controllers behind the kernel: it makes an adapter of the machine for every time that /dev/vhci is opened. */
import { execFile } from 'node:child_process';
import { writeSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Adapter } from '../../src/transport/air/air.js';
import type { HciPort } from '../../src/transport/air/hci-port.js';

/** Asks for an adapter, and answers with its number. Source: drivers/bluetooth/hci_vhci.c of Linux, HCI_VENDOR_PKT. */
const VENDOR_PACKET = 0xff;
/** A controller as most are, in the same source HCI_PRIMARY. */
const PRIMARY = 0x00;
/** More than any packet has. Source: include/net/bluetooth/hci.h of Linux, HCI_MAX_FRAME_SIZE. */
const BUFFER_BYTES = 2_048;
/** Between two looks at an adapter that the kernel is still getting to know, in milliseconds. */
const LOOK_EVERY_MS = 200;

const run = promisify(execFile);

/**
 * The number N of hciN; resolves when the kernel knows the adapter. A read waits in a thread of its own until the kernel has something
 * to say, so that UV_THREADPOOL_SIZE must be above the number of adapters.
 */
export async function giveToKernel(adapter: Adapter): Promise<number> {
  const file = await open('/dev/vhci', 'r+');
  writeSync(file.fd, Uint8Array.of(VENDOR_PACKET, PRIMARY));
  const answer = await readPacket(file);
  if (answer[0] !== VENDOR_PACKET) throw new Error(`/dev/vhci answered ${answer[0]}, not ${VENDOR_PACKET}`);
  const number = new DataView(answer.buffer).getUint16(2, true);
  const port = adapter.attach({ receive: (packet) => offer(file, packet) });
  void carry(file, port);
  await isKnown(number, adapter.address);
  return number;
}

/** As the administrator does it: the kernel lets go of the adapter, and takes it up again. */
export async function setUp(number: number, isUp: boolean): Promise<void> {
  await run('hciconfig', [`hci${number}`, isUp ? 'up' : 'down']);
}

async function carry(file: FileHandle, port: HciPort): Promise<never> {
  while (true) port.write(await readPacket(file));
}

/** A kernel that has let go of the adapter takes nothing from it; a driver drops it then, too. */
function offer(file: FileHandle, packet: Uint8Array): void {
  try {
    writeSync(file.fd, packet);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENXIO')) throw error;
  }
}

async function readPacket(file: FileHandle): Promise<Uint8Array> {
  const { bytesRead, buffer } = await file.read(new Uint8Array(BUFFER_BYTES), 0, BUFFER_BYTES);
  return buffer.slice(0, bytesRead);
}

/** The kernel asks a new controller for everything it is, before anyone may have it; it tells no one when it is through. */
async function isKnown(number: number, address: string): Promise<void> {
  while (true) {
    const { stdout } = await run('hciconfig', [`hci${number}`]);
    if (stdout.toLowerCase().includes(address.toLowerCase()) && !stdout.includes('INIT')) return;
    await pause(LOOK_EVERY_MS);
  }
}
