import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type HciSocketTrial, tryHciSocket } from '../../../src/transport/ble/try-hci-socket.js';

/** Long enough for a machine that is very busy. */
const PATIENCE_MS = 60_000;

describe('a trial of the native HCI socket', () => {
  it('gives the adapters that the kernel lists, and whether they are up', async () => {
    const list = '[{ devId: 0, devUp: true }, { devId: 3, devUp: false }]';
    expect(await tryPackage(`module.exports = class { getDeviceList() { return ${list}; } };`)).toEqual({
      type: 'works',
      adapters: [
        { number: 0, isUp: true },
        { number: 3, isUp: false },
      ],
    });
  });

  it('ends although the socket keeps the event loop busy', async () => {
    const busy =
      'module.exports = class { constructor() { setInterval(() => {}, 1_000); } getDeviceList() { return []; } };';
    expect(await tryPackage(busy)).toEqual({ type: 'works', adapters: [] });
  });

  it.each([
    ['as its code', "Object.assign(new Error('socket'), { code: 'EAFNOSUPPORT' })"],
    ['in its message', "new Error('EAFNOSUPPORT, Address family not supported by protocol')"],
  ])('tells a kernel without Bluetooth: the error has it %s', async (_, error) => {
    const source = `module.exports = class { constructor() { throw ${error}; } };`;
    expect(await tryPackage(source)).toEqual({ type: 'no-bluetooth' });
  });

  it('tells a socket that is not built', async () => {
    const source = "module.exports = require('./build/Release/bluetooth_hci_socket.node');";
    expect(await tryPackage(source)).toEqual({ type: 'not-built' });
  });

  it('gives the first line of any other failure', async () => {
    expect(await tryPackage("throw new Error('built for another Node\\nand more');")).toEqual({
      type: 'failed',
      reason: 'built for another Node',
    });
  });

  it('tells what is no package', async () => {
    expect(await tryHciSocket('/nowhere/at/all', PATIENCE_MS)).toMatchObject({ type: 'failed' });
  });

  it('survives a socket that brings its process down', async () => {
    expect(await tryPackage('process.abort();')).toMatchObject({ type: 'failed' });
  });

  it('ends one that blocks', async () => {
    expect(await tryPackage('for (;;);', 200)).toEqual({ type: 'failed', reason: 'no answer within 200 ms' });
  });

  it('takes nothing for an adapter that is none', async () => {
    const source =
      "module.exports = class { getDeviceList() { return [{ devId: 'x', devUp: true }, null].filter(Boolean); } };";
    expect(await tryPackage(source)).toEqual({ type: 'works', adapters: [] });
  });
});

/** Tries a package whose main file is `source`. */
async function tryPackage(source: string, limitMs = PATIENCE_MS): Promise<HciSocketTrial> {
  const directory = await mkdtemp(join(tmpdir(), 'tandem-socket-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await writeFile(join(directory, 'index.js'), source);
  return tryHciSocket(directory, limitMs);
}
