import { createRequire } from 'node:module';
import os from 'node:os';
import { describe, expect, it, vi } from 'vitest';
import { createAir } from '../../../src/transport/air/air.js';
import { createAirSocketClass } from '../../../src/transport/air/air-socket.js';
import { loadBleno, loadNativeSocket, loadNoble } from '../../../src/transport/ble/load-stacks.js';
import type { HciSocketClass } from '../../../src/transport/ble/stacks.js';

function socketsOnAir(): HciSocketClass {
  const air = createAir();
  return createAirSocketClass(air, () => air.createAdapter());
}

describe('the loader of the stacks', () => {
  it('gives each caller an instance on the socket it brought', () => {
    const Sockets = [socketsOnAir(), socketsOnAir()] as const;
    const [first, second] = Sockets.map((Socket) => loadNoble(Socket));
    expect(first).not.toBe(second);
    expect(first?._bindings._hci._socket).toBeInstanceOf(Sockets[0]);
    expect(second?._bindings._hci._socket).toBeInstanceOf(Sockets[1]);
    expect(loadBleno(Sockets[0])).not.toBe(loadBleno(Sockets[0]));
  });

  it('leaves the packages as others get them', () => {
    const before = Object.keys(createRequire(import.meta.url).cache).filter((path) => path.includes('@abandonware'));
    loadNoble(socketsOnAir());
    loadBleno(socketsOnAir());
    const after = Object.keys(createRequire(import.meta.url).cache).filter((path) => path.includes('@abandonware'));
    expect(after).toEqual(before);
  });

  it.each(['darwin', 'win32'] as const)('loads them over virtual controllers on %s, too', (platform) => {
    const spy = vi.spyOn(os, 'platform').mockReturnValue(platform);
    const Socket = socketsOnAir();
    expect(loadNoble(Socket)._bindings._hci._socket).toBeInstanceOf(Socket);
    expect(loadBleno(Socket)._bindings._hci._socket).toBeInstanceOf(Socket);
    expect(os.platform()).toBe(platform);
    spy.mockRestore();
  });

  it('gives the real socket of this machine, even while a stack is being loaded', () => {
    let reason: unknown;
    class Nosy {
      constructor() {
        try {
          loadNativeSocket();
        } catch (error) {
          reason = error;
        }
        throw new Error('seen enough');
      }
    }
    expect(() => loadNoble(Nosy as unknown as HciSocketClass)).toThrow('seen enough'); // it never comes to use
    // Where it is not built or not installed, the error says so; a stand-in would have raised nothing.
    if (reason !== undefined)
      expect(String(reason)).toMatch(/HCI socket is not built; tandem doctor|bluetooth-hci-socket/);
    else expect(loadNativeSocket()).not.toBe(Nosy);
  });
});
