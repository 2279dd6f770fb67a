import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { findWebSocket } from '../../src/client/socket.js';

describe('socket', () => {
  afterEach(() => void vi.unstubAllGlobals());

  it('is the standard one where there is one', async () => {
    const standard = class {};
    vi.stubGlobal('WebSocket', standard);
    expect(await findWebSocket()).toBe(standard);
  });

  it('is that of ws where there is none', async () => {
    vi.stubGlobal('WebSocket', undefined);
    expect(await findWebSocket()).toBe(WebSocket);
  });
});
