import { once } from 'node:events';
import { get } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { MAX_INSPECTORS } from '../../src/protocol/limits.js';
import { createHome } from '../client/fixture.js';
import { inspect } from './inspecting.js';

describe('the server of tandem inspect', () => {
  it.each([
    ['a page from elsewhere', { origin: 'https://elsewhere.example' }],
    ['a name that leads here for a moment', { host: 'elsewhere.example:8080' }],
    ['a page of that name', { host: 'elsewhere.example:8080', origin: 'http://elsewhere.example:8080' }],
  ])('refuses %s', async (_, headers) => {
    const { port } = await inspect(await createHome());
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, { headers });
    const [error] = await once(socket, 'error');
    expect(String(error)).toContain('403');
    const page = get({ hostname: '127.0.0.1', port, headers });
    const [answer] = await once(page, 'response');
    expect(answer.statusCode).toBe(404);
  });

  it('serves as many tools as the gateway does', async () => {
    const home = await createHome();
    const { port } = await inspect(home);
    const tools = Array.from({ length: MAX_INSPECTORS }, () => new WebSocket(`ws://127.0.0.1:${port}`));
    await Promise.all(tools.map((tool) => once(tool, 'open')));
    const [error] = await once(new WebSocket(`ws://127.0.0.1:${port}`), 'error');
    expect(String(error)).toContain('503');
    const [first] = tools;
    first?.close();
    await vi.waitFor(() => once(new WebSocket(`ws://127.0.0.1:${port}`), 'open'), { timeout: 10_000 });
  });

  it('keeps nothing of what a tool says', async () => {
    const { port } = await inspect(await createHome());
    const tool = new WebSocket(`ws://127.0.0.1:${port}`);
    await once(tool, 'open');
    tool.send('x'.repeat(100));
    tool.send('x'.repeat(10_000));
    const [code] = await once(tool, 'close');
    expect([1006, 1009]).toContain(code);
  });

  it('ends at once when others hold their connections', async () => {
    const { io, port, finished } = await inspect(await createHome());
    const silent = connect(port, '127.0.0.1');
    const deaf = connect(port, '127.0.0.1');
    const key = Buffer.alloc(16).toString('base64');
    const upgrade = [
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${key}`,
    ];
    deaf.write(['GET / HTTP/1.1', 'Host: localhost:1', ...upgrade, '', ''].join('\r\n'));
    await Promise.all([once(silent, 'connect'), once(deaf, 'data')]);
    io.interrupt();
    expect(await finished).toBe(0);
  });

  it('lets pages of this machine in', async () => {
    const { port } = await inspect(await createHome());
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, { headers: { origin: 'http://localhost:5173' } });
    onTestFinished(() => socket.terminate());
    await once(socket, 'open');
  });

  it('ends with the gateway', async () => {
    const home = await createHome();
    const { io, port, finished } = await inspect(home);
    const socket = new WebSocket(`ws://127.0.0.1:${port}`);
    await once(socket, 'open');
    const closed = once(socket, 'close');
    await home.stopGateway();
    expect(await finished).toBe(1);
    expect(io.errLines.at(-1)).toContain('The gateway is shutting down.');
    expect(Number((await closed)[0])).toBeGreaterThan(1000);
  });

  it('says to the tool, and to whoever started it, that the token may not look', async () => {
    const { io, port } = await inspect(await createHome(), { scopes: ['drive'] });
    const socket = new WebSocket(`ws://127.0.0.1:${port}`);
    const [code, reason] = await once(socket, 'close');
    expect([code, String(reason)]).toEqual([1011, expect.stringContaining('It lacks the scope read.')]);
    expect(io.errLines).toEqual([expect.stringContaining('It lacks the scope read.')]);
  });
});
