/** Served airs, and hosts that speak H4 by hand. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { firstValueFrom, filter as only, ReplaySubject, timeout } from 'rxjs';
import { onTestFinished } from 'vitest';
import { type Air, type AirOptions, createAir } from '../../../src/transport/air/air.js';
import { type AirServer, type AirServerEvent, serveAir } from '../../../src/transport/air/air-server.js';
import { createH4Splitter, encodeVendor, type VendorPacket } from '../../../src/transport/air/h4.js';
import { traceOnFailure } from '../../support/trace.js';

/** Only ends a test that hangs. */
const PATIENCE_MS = 20_000;

export interface ServedAir {
  readonly air: Air;
  readonly server: AirServer;
  readonly path: string;
  /** Resolves with the first event, past or to come, that is such. */
  when<Type extends AirServerEvent['type']>(type: Type): Promise<Extract<AirServerEvent, { type: Type }>>;
}

/** A path for a socket that is gone after the test. */
export async function socketPath(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'air-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return join(directory, 'air.sock');
}

export async function createServedAir(options: AirOptions = {}): Promise<ServedAir> {
  const air = createAir(options);
  traceOnFailure(air);
  const path = await socketPath();
  const server = await serveAir(air, { path });
  onTestFinished(async () => {
    await server.close();
    air.close();
  });
  const events = new ReplaySubject<AirServerEvent>();
  server.events$.subscribe(events);
  return {
    air,
    server,
    path,
    when: (type) => firstValueFrom(events.pipe(only(ofType(type)), timeout(PATIENCE_MS))),
  };
}

function ofType<Type extends AirServerEvent['type']>(type: Type) {
  return (event: AirServerEvent): event is Extract<AirServerEvent, { type: Type }> => event.type === type;
}

export interface HandHost {
  readonly socket: Socket;
  /** Writes bytes given in hexadecimal. */
  write(text: string): void;
  say(packet: VendorPacket): void;
  /** What came so far, in hexadecimal. */
  readonly packets: readonly string[];
  /** Resolves with the first packet, here or to come, that begins with these bytes. */
  whenPacket(start: string): Promise<string>;
  readonly ended: Promise<unknown>;
}

/** A host that is only a socket. */
export async function connectHost(path: string): Promise<HandHost> {
  const socket = connect(path);
  onTestFinished(() => void socket.destroy());
  const ended = once(socket, 'close');
  socket.on('error', () => {});
  const packets: string[] = [];
  const arrived = new ReplaySubject<string>();
  socket.on(
    'data',
    createH4Splitter((packet) => {
      const text = Buffer.from(packet).toString('hex');
      packets.push(text);
      arrived.next(text);
    }),
  );
  await once(socket, 'connect');
  return {
    socket,
    write: (text) => void socket.write(Buffer.from(text.replaceAll(' ', ''), 'hex')),
    say: (packet) => void socket.write(encodeVendor(packet)),
    packets,
    whenPacket: (start) =>
      firstValueFrom(
        arrived.pipe(
          only((text) => text.startsWith(start)),
          timeout(PATIENCE_MS),
        ),
      ),
    ended,
  };
}
