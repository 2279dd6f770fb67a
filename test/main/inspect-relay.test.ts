import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { serveInspector } from '../../src/main/inspect-server.js';
import { createMailbox, type Mailbox } from '../conformance/mailbox.js';

interface Pair {
  readonly tool: WebSocket;
  /** The connection that was made for it. */
  readonly gateway: WebSocket;
}

interface Stage {
  readonly troubles: Mailbox<string>;
  join(): Promise<Pair>;
}

describe('what stands between a tool and a gateway', () => {
  it.each(['no JSON', '[]', 'null', '7'])('ends for a gateway that sends %s, and says so', async (text) => {
    const { join, troubles } = await createStage();
    const { tool, gateway } = await join();
    gateway.send(text);
    const [code, reason] = await once(tool, 'close');
    expect([code, String(reason)]).toEqual([1011, 'The gateway sent something that is no event.']);
    expect(await troubles.next()).toBe('The gateway sent something that is no event.');
  });

  it('ends for a gateway that sends a frame too long', async () => {
    const { join, troubles } = await createStage();
    const { gateway } = await join();
    gateway.send('x'.repeat(2_000_000));
    expect(await troubles.next()).toContain('Max payload size exceeded');
  });

  it('shortens long words to what a close frame carries', async () => {
    const { join, troubles } = await createStage();
    const { tool, gateway } = await join();
    gateway.send(JSON.stringify({ jsonrpc: '2.0', id: 1, error: { message: 'é'.repeat(100) } }));
    const [code, reason] = await once(tool, 'close');
    expect([code, String(reason)]).toEqual([1011, 'é'.repeat(61)]);
    expect(await troubles.next()).toBe('é'.repeat(100));
  });

  it('leaves with the gateway what a tool does not read, and loses nothing', { timeout: 60_000 }, async () => {
    const { join } = await createStage();
    const slow = await join();
    const quick = await join();
    slow.tool.pause();
    const numbers = Array.from({ length: 640 }, (_, number) => number);
    const filling = 'x'.repeat(100_000);
    for (const { gateway } of [slow, quick]) {
      for (const number of numbers) gateway.send(JSON.stringify({ number, filling }));
    }
    expect(await receiveNumbers(quick.tool, numbers.length)).toEqual(numbers);
    // Systems keep some megabytes for each socket.
    expect(slow.gateway.bufferedAmount).toBeGreaterThan(20_000_000);
    const received = receiveNumbers(slow.tool, numbers.length);
    slow.tool.resume();
    expect(await received).toEqual(numbers);
  });

  it('lets go of the gateway with the tool', async () => {
    const { join } = await createStage();
    const { tool, gateway } = await join();
    tool.close();
    await once(gateway, 'close');
  });
});

function receiveNumbers(tool: WebSocket, count: number): Promise<number[]> {
  const numbers: number[] = [];
  return new Promise((resolve) => {
    tool.on('message', (data) => {
      numbers.push(JSON.parse(String(data)).number);
      if (numbers.length === count) resolve(numbers);
    });
  });
}

async function createStage(): Promise<Stage> {
  const gateways = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(gateways, 'listening');
  const { port } = gateways.address() as AddressInfo; // it listens on TCP
  const troubles = createMailbox<string>();
  const server = await serveInspector({
    source: new URL(`ws://127.0.0.1:${port}/v1/inspect`),
    token: 'secret',
    port: 0,
    inspector: new URL('https://inspector.example/'),
    onTrouble: troubles.post,
  });
  onTestFinished(async () => {
    await server.close();
    for (const gateway of gateways.clients) gateway.terminate();
    gateways.close();
  });
  return {
    troubles,
    async join() {
      const arrived = once(gateways, 'connection');
      const tool = new WebSocket(`ws://127.0.0.1:${server.port}`);
      const opened = once(tool, 'open');
      const [gateway] = await arrived;
      const [login] = await once(gateway, 'message');
      expect(JSON.parse(String(login))).toMatchObject({ method: 'authenticate', params: { token: 'secret' } });
      await opened;
      return { tool, gateway };
    },
  };
}
