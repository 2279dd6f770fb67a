import { once } from 'node:events';
import { createServer, type IncomingMessage, ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { releaseUpgrade, setMessageLimit, streamOf } from '../../src/gateway/socket-internals.js';
import { createSocketPair } from './socket-pair.js';

describe('what the gateway knows of the inside of ws', () => {
  it('raises the message limit of one socket', async () => {
    const { server, client } = await createSocketPair(100);
    setMessageLimit(server, 1_000);
    client.send(Buffer.alloc(1_000));
    const [data] = await once(server, 'message');
    expect(data).toHaveLength(1_000);
    client.send(Buffer.alloc(1_001));
    expect((await once(client, 'close'))[0]).toBe(1009);
  });

  it('keeps the server’s limit until then', async () => {
    const { client } = await createSocketPair(100);
    client.send(Buffer.alloc(101));
    expect((await once(client, 'close'))[0]).toBe(1009);
  });

  it('finds the stream under the socket, and what waits there counts as buffered', async () => {
    const { server } = await createSocketPair();
    const stream = streamOf(server);
    stream.cork();
    stream.write(Buffer.alloc(10));
    expect(server.bufferedAmount).toBe(10);
    stream.uncork();
  });

  it('lets go of the response to the upgrade', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const upgrading = once(server, 'upgrade');
    const { port } = server.address() as AddressInfo; // it listens on TCP
    const client = connect(port, '127.0.0.1');
    client.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n');
    const [request]: IncomingMessage[] = await upgrading;
    if (request === undefined) throw new Error('no request came');
    const response = new ServerResponse(request);
    response.assignSocket(request.socket);
    releaseUpgrade(request);
    expect(response.socket).toBeNull();
    expect(request.socket).toHaveProperty('_httpMessage', null);
    client.destroy();
  });
});
