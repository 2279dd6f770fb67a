import { once } from 'node:events';
import { link, lstat, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createAir } from '../../../src/transport/air/air.js';
import { serveAir } from '../../../src/transport/air/air-server.js';
import { connectHost, createServedAir, socketPath } from './served.js';

const RESET = '01030c00';
const RESET_COMPLETE = '040e0401030c00';

describe('the path of a served air', () => {
  it('is a socket that only its owner may use', async () => {
    const { path } = await createServedAir();
    const found = await lstat(path);
    expect(found.isSocket()).toBe(true);
    expect(found.mode & 0o777).toBe(0o600);
  });

  it('is refused while another server listens there, which goes on', async () => {
    const { path } = await createServedAir();
    await expect(serveAir(createAir(), { path })).rejects.toThrow(`another program is listening at ${path}`);
    const host = await connectHost(path);
    host.write(RESET);
    await host.whenPacket(RESET_COMPLETE);
  });

  it('is taken over from a server that ended without a word', async () => {
    const path = await socketPath();
    await leaveStale(path);
    expect((await lstat(path)).isSocket()).toBe(true);
    const server = await serveAir(createAir(), { path });
    onTestFinished(() => server.close());
    const host = await connectHost(path);
    host.write(RESET);
    await host.whenPacket(RESET_COMPLETE);
  });

  it('is refused where a file is, which stays', async () => {
    const path = await socketPath();
    await writeFile(path, 'mine');
    await expect(serveAir(createAir(), { path })).rejects.toThrow('is not a socket');
    expect(await readFile(path, 'utf8')).toBe('mine');
  });

  it('is refused when it is too long for a socket', async () => {
    const path = `${await socketPath()}${'x'.repeat(100)}`;
    await expect(serveAir(createAir(), { path })).rejects.toThrow('at most 103 bytes');
  });

  it('is refused in a folder that is not there', async () => {
    await expect(serveAir(createAir(), { path: `${await socketPath()}.d/air.sock` })).rejects.toThrow('ENOENT');
  });
});

/** A socket file without a listener, as after a crash. */
async function leaveStale(path: string): Promise<void> {
  const server = createServer().listen(`${path}.live`);
  await once(server, 'listening');
  await link(`${path}.live`, path);
  server.close();
  await once(server, 'close');
  await rm(`${path}.live`, { force: true });
  await expect(once(connect(path), 'connect')).rejects.toThrow('ECONNREFUSED');
}
