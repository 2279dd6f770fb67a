import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { Aedes } from 'aedes';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { HubSettings } from '../../src/hub/settings.js';
import { connectByButton, createStage, LINK, passTimeUntil, startHub } from './hub-stage.js';
import { startMosquitto } from './mosquitto.js';
import { observe } from './observer.js';

/** Something that takes TCP connections on loopback, until the end of the test. */
async function listen(serve: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens on TCP
}

/** aedes speaks MQTT 3.1 and 3.1.1 only. */
async function startAedes(): Promise<string> {
  const broker = await Aedes.createBroker();
  onTestFinished(() => new Promise<void>((resolve) => broker.close(resolve)));
  return listen((socket) => void broker.handle(socket));
}

async function firstLine(url: string, version: HubSettings['server']['version']): Promise<string | undefined> {
  const hub = await startHub(await createStage(), { url, server: { version } });
  while (hub.log.length === 0) await new Promise((resolve) => setImmediate(resolve));
  return hub.log[0];
}

describe('a hub and the versions of MQTT', () => {
  it('says what to set where the broker speaks 3.1.1 only, and works when that is done', async () => {
    const url = await startAedes();
    expect(await firstLine(url, '5')).toBe(`MQTT broker ${url}: it does not speak MQTT 5: set mqtt.version to "3.1.1"`);
    // Without MQTT 5 nobody sees whether a message is to be kept, so the rules are not checked.
    const home = await observe(url, { protocolVersion: 4, isChecked: false });
    const stage = await createStage();
    const hub = await startHub(stage, { url, server: { version: '3.1.1' } });
    await home.when(`${LINK}/availability`, ({ text }) => text === 'online');
    await connectByButton(home);
    expect(hub.log).toEqual([]);
  });

  it.for([
    ['5', [0x20, 0x03, 0x00, 0x84, 0x00], 'it does not speak MQTT 5: set mqtt.version to "3.1.1"'],
    ['3.1.1', [0x20, 0x02, 0x00, 0x01], 'it does not speak MQTT 3.1.1: set mqtt.version to "5"'],
    ['5', [], 'it closed the connection without an answer; if it speaks MQTT 3.1.1 only, set mqtt.version to "3.1.1"'],
    ['3.1.1', [], 'it closed the connection without an answer'],
  ] as const)('understands how a broker refuses version %s: with bytes %j', async ([version, bytes, words]) => {
    const url = await listen((socket) => socket.once('data', () => socket.end(Buffer.from(bytes))));
    expect(await firstLine(url, version)).toBe(`MQTT broker ${url}: ${words}`);
  });

  it('blames no version for a broker that is lost later', async ({ skip }) => {
    const mosquitto = await startMosquitto(skip);
    const stage = await createStage();
    const hub = await startHub(stage, { url: mosquitto.url });
    const home = await observe(mosquitto.url);
    await home.when('tandem/kitchen/bridge/state', ({ text }) => text === 'online');
    await mosquitto.stop();
    while (hub.log.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await mosquitto.start();
    const again = await observe(mosquitto.url);
    await passTimeUntil(
      stage.clock,
      again.when('tandem/kitchen/bridge/state', ({ text }) => text === 'online'),
    );
    expect(hub.log.join('\n')).not.toContain('mqtt.version');
  });
});
