import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createPacketWriter } from '../../../src/transport/air/packet-writer.js';
import { turns } from '../../support/time.js';
import { socketPath } from './served.js';

/** A socket whose other end never reads. */
async function openSocket(): Promise<Socket> {
  const path = await socketPath();
  const server = createServer((there) => void there.pause()).listen(path);
  await once(server, 'listening');
  const socket = connect(path);
  onTestFinished(() => {
    socket.destroy();
    server.close();
  });
  await once(socket, 'connect');
  return socket;
}

it('writes once what one callback and its promises write', async () => {
  const socket = await openSocket();
  const write = vi.spyOn(socket, 'write');
  const writer = createPacketWriter(socket);
  await turns(1);
  writer.write(Uint8Array.of(1, 2));
  writer.write(Uint8Array.of(3));
  await Promise.resolve();
  writer.write(Uint8Array.of(4));
  expect(writer.waitingBytes()).toBe(4);
  await turns(1);
  expect(write.mock.calls.map(([bytes]) => [...Buffer.from(bytes)])).toEqual([[1, 2, 3, 4]]);
  expect(writer.waitingBytes()).toBe(0);
});

it('writes at once when it is told to', async () => {
  const socket = await openSocket();
  const write = vi.spyOn(socket, 'write');
  const writer = createPacketWriter(socket);
  writer.write(Uint8Array.of(1));
  writer.flush();
  expect(write).toHaveBeenCalledTimes(1);
  await turns(1);
  expect(write).toHaveBeenCalledTimes(1);
});

it('counts what the system has not taken', async () => {
  const writer = createPacketWriter(await openSocket());
  writer.write(new Uint8Array(4_000_000));
  await turns(5);
  expect(writer.waitingBytes()).toBe(4_000_000);
});

it('writes nothing to a socket that has ended', async () => {
  const socket = await openSocket();
  const writer = createPacketWriter(socket);
  socket.destroy();
  const write = vi.spyOn(socket, 'write');
  writer.write(Uint8Array.of(1));
  await turns(1);
  expect(write).not.toHaveBeenCalled();
});
