import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { createClient } from '../../src/client/client.js';
import { findWebSocket, type WebSocketConstructor } from '../../src/client/socket.js';

describe('socket', () => {
  afterEach(() => void vi.unstubAllGlobals());

  it('is the standard one where there is one', async () => {
    const standard = class {};
    vi.stubGlobal('WebSocket', standard);
    expect(await findWebSocket()).toBe(standard);
  });

  it('may end with an error alone, as that of Node 22 does where nothing listens', async () => {
    class OnlyError extends EventTarget {
      binaryType = '';
      constructor() {
        super();
        queueMicrotask(() => this.dispatchEvent(Object.assign(new Event('error'), { message: 'no network' })));
      }
      send(): void {}
      close(): void {}
    }
    const webSocket = OnlyError as unknown as WebSocketConstructor; // as far as the client uses it
    const client = createClient({ url: 'ws://127.0.0.1:1/', token: 't', webSocket, isReconnecting: false });
    await expect(client.ready()).rejects.toThrow('The gateway cannot be reached. Close code 1006: no network');
    await client.close();
  });

  it('is that of ws where there is none', async () => {
    vi.stubGlobal('WebSocket', undefined);
    expect(await findWebSocket()).toBe(WebSocket);
  });
});
