import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { firstValueFrom, fromEvent } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { H4Error } from '../../../src/transport/air/h4.js';
import { createH4SocketClass, type H4SocketOptions } from '../../../src/transport/air/h4-socket.js';
import type { HciSocket } from '../../../src/transport/ble/stacks.js';
import { turns } from '../../support/time.js';
import { createServedAir, socketPath } from './served.js';

const RESET = Buffer.from('01030c00', 'hex');
const RESET_COMPLETE = '040e0401030c00';
const READ_ADDRESS = Buffer.from('01091000', 'hex');
const READ_ADDRESS_COMPLETE = '040e0a01091000';

/** An instance as noble uses it, from its first call to start. */
function open(Socket: ReturnType<typeof createH4SocketClass>): HciSocket & { readonly seen: string[] } {
  const socket = Object.assign(new Socket(), { seen: [] as string[] }); // an empty list has no type of its own
  socket.on('data', (packet: Buffer) => socket.seen.push(packet.toString('hex')));
  socket.bindRaw();
  socket.start();
  onTestFinished(() => socket.stop());
  return socket;
}

function openAlone(options: H4SocketOptions) {
  return open(createH4SocketClass(options));
}

async function whenData(socket: HciSocket & { readonly seen: string[] }, start: string): Promise<string> {
  for (;;) {
    const found = socket.seen.find((packet) => packet.startsWith(start));
    if (found !== undefined) return found;
    await once(socket, 'data');
  }
}

/** A server that hands its first client to the test. */
async function acceptOne(path: string): Promise<{ readonly client: Promise<Socket>; close(): Promise<void> }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const client = new Promise<Socket>((resolve) => server.once('connection', resolve));
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    (await client).destroy();
    await closed;
  };
  onTestFinished(close);
  return { client, close };
}

describe('an HCI socket over H4', () => {
  it('gives one packet with each event, and takes what is written before the connection is up', async () => {
    const { path, air } = await createServedAir();
    const socket = openAlone({ path, name: 'phone' });
    socket.write(RESET);
    socket.write(READ_ADDRESS);
    const answer = await whenData(socket, READ_ADDRESS_COMPLETE);
    expect(socket.seen).toEqual([RESET_COMPLETE, answer]);
    expect(air.adapters.map(({ name }) => name)).toEqual(['phone']);
  });

  it('works without a name, where a server knows none', async () => {
    const { path, air } = await createServedAir();
    const socket = openAlone({ path });
    socket.write(RESET);
    await whenData(socket, RESET_COMPLETE);
    expect(air.adapters).toHaveLength(1);
  });

  it('writes the packets of one callback in one piece, the name before them', async () => {
    const path = await socketPath();
    const { client } = await acceptOne(path);
    const socket = openAlone({ path, name: 'phone' });
    socket.write(RESET);
    const [first] = await once(await client, 'data');
    expect(first.toString('hex')).toBe('ff06000170686f6e6501030c00');
    socket.write(RESET);
    await Promise.resolve();
    socket.write(READ_ADDRESS);
    const [second] = await once(await client, 'data');
    expect(second.toString('hex')).toBe('01030c0001091000');
  });

  it('says whether the adapter is up, as the air tells it', async () => {
    const { path, air, when } = await createServedAir();
    const socket = openAlone({ path, name: 'phone' });
    expect(socket.isDevUp()).toBe(true);
    expect(socket.getDeviceList()).toEqual([{ devId: 0, devUp: true }]);
    const { adapter } = await when('joined');
    adapter.setPower(false);
    await until(() => !socket.isDevUp());
    adapter.setPower(true);
    await until(() => socket.isDevUp());
    socket.write(RESET);
    await whenData(socket, RESET_COMPLETE);
    expect(air.adapters).toEqual([adapter]);
  });

  it('is one adapter for all instances of a class: each hears every event, and the commands of others if its filter says so', async () => {
    const { path, air } = await createServedAir();
    const Socket = createH4SocketClass({ path, name: 'phone' });
    const [central, peripheral] = [open(Socket), open(Socket)];
    central.setFilter(Buffer.from('16000000000000000000000000000000', 'hex'));
    peripheral.setFilter(Buffer.from('14000000000000000000000000000000', 'hex'));
    peripheral.write(RESET);
    await Promise.all([whenData(central, RESET_COMPLETE), whenData(peripheral, RESET_COMPLETE)]);
    central.write(READ_ADDRESS);
    await Promise.all([whenData(central, READ_ADDRESS_COMPLETE), whenData(peripheral, READ_ADDRESS_COMPLETE)]);
    expect(central.seen[0]).toBe(RESET.toString('hex'));
    expect(peripheral.seen).toHaveLength(2);
    expect(air.adapters).toHaveLength(1);
    central.stop();
    peripheral.write(RESET);
    await once(peripheral, 'data');
    expect(central.seen).toHaveLength(3);
  });

  it('swallows what is written to the management channel, and connects nothing for it', async () => {
    const Socket = createH4SocketClass({ path: await socketPath() });
    const control = new Socket();
    control.on('error', (error) => expect.unreachable(String(error)));
    expect(control.bindControl()).toBe(0);
    control.start();
    control.write(Buffer.from('130000000200', 'hex'));
    control.reset();
    await new Promise((resolve) => setImmediate(resolve));
    control.stop();
  });

  it('leaves the adapter when it is stopped, without an error', async () => {
    const { path, when } = await createServedAir();
    const socket = openAlone({ path, name: 'phone' });
    socket.on('error', (error) => expect.unreachable(String(error)));
    await when('joined');
    socket.stop();
    expect((await when('left')).why).toBe('it left');
  });

  it('connects anew when it is bound again after everyone has left', async () => {
    const { path, air } = await createServedAir();
    const Socket = createH4SocketClass({ path, name: 'phone' });
    for (let round = 0; round < 2; round += 1) {
      const socket = open(Socket);
      socket.write(RESET);
      await whenData(socket, RESET_COMPLETE);
      socket.stop();
    }
    expect(air.adapters).toHaveLength(1);
  });

  it('refuses a name that no adapter can have', () => {
    expect(() => createH4SocketClass({ path: 'air.sock', name: '' })).toThrow(H4Error);
  });
});

describe('an HCI socket over H4 whose connection ends', () => {
  it('says once that no one listens', async () => {
    const path = await socketPath();
    const socket = openAlone({ path, name: 'phone' });
    const errors: Error[] = [];
    socket.on('error', (error) => errors.push(error));
    socket.write(RESET);
    await once(socket, 'error');
    socket.write(RESET);
    await turns(20);
    expect(errors.map(({ message }) => message)).toEqual([
      `no connection to the air at ${path}: connect ENOENT ${path}`,
    ]);
    expect(socket.isDevUp()).toBe(false);
  });

  it('says that the air has closed', async () => {
    const { path, server, when } = await createServedAir();
    const socket = openAlone({ path });
    const ended = firstValueFrom(fromEvent(socket, 'error'));
    socket.write(RESET);
    await when('joined');
    await server.close();
    expect(await ended).toMatchObject({ message: `the air at ${path} closed the connection` });
  });

  it('says that its adapter was taken away', async () => {
    const { path, when } = await createServedAir();
    const socket = openAlone({ path, name: 'phone' });
    const ended = once(socket, 'error');
    const { adapter } = await when('joined');
    adapter.pull();
    const [error] = await ended;
    expect(error.message).toBe(`the air at ${path} took the adapter phone away`);
  });

  it.each([
    ['not H4', '485454502f312e31', 'no H4 packet begins with 72'],
    ['a packet that only hosts send', 'ff0600 01 70686f6e65', 'a name came from the air'],
  ])('says that %s came', async (_, bytes, words) => {
    const path = await socketPath();
    const { client } = await acceptOne(path);
    const socket = openAlone({ path, name: 'phone' });
    const ended = once(socket, 'error');
    (await client).write(Buffer.from(bytes.replaceAll(' ', ''), 'hex'));
    const [error] = await ended;
    expect(error.message).toBe(`what came from ${path} is not H4: ${words}`);
  });

  it('tells every instance, and one that starts later', async () => {
    const path = await socketPath();
    const { client } = await acceptOne(path);
    const Socket = createH4SocketClass({ path });
    const [one, other, late] = [open(Socket), open(Socket), new Socket()];
    late.bindRaw();
    const ended = [once(one, 'error'), once(other, 'error')];
    (await client).destroy();
    await Promise.all(ended);
    late.start();
    const [error] = await once(late, 'error');
    expect(error.message).toContain('closed the connection');
  });
});

/** Turns of the event loop until it is so. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}
