/** One client of a served air: a host behind a socket, and the adapter it has. */
import type { Socket } from 'node:net';
import type { AdapterPool, Tenancy } from './adapter-pool.js';
import type { Adapter } from './air.js';
import { createH4Splitter, encodeVendor, H4Error, parseVendor, VENDOR_PACKET } from './h4.js';
import { PacketType } from './hci-codes.js';
import type { AdapterPower } from './hci-port.js';
import { createPacketWriter } from './packet-writer.js';

/**
 * Bytes that may wait here for a client, besides what the system keeps for its socket; further packets vanish without a word, as they
 * do at a Linux host that does not read. Source: ble.md 6.3, 168 packets of 244 bytes and their headers.
 */
const MAX_WAITING_BYTES = 168 * 256;

export interface AirClientEvents {
  joined(adapter: Adapter): void;
  /** `why` is for people. */
  left(adapter: Adapter, why: string): void;
  refused(why: string): void;
  /** A packet vanished, because the client does not read. */
  lost(): void;
}

export interface AirClient {
  /** Ends the connection. */
  drop(why: string): void;
}

/** The first packet decides: a name, or else anything, for an adapter without one. */
export function serveAirClient(socket: Socket, pool: AdapterPool, events: AirClientEvents): AirClient {
  const writer = createPacketWriter(socket);
  const early: Uint8Array[] = [];
  let state: 'new' | 'waiting' | 'served' | 'ended' = 'new';
  let tenancy: Tenancy | undefined;
  let isNamed = false;

  function receive(packet: Uint8Array): void {
    if (state === 'new') {
      state = 'waiting';
      const name = readName(packet);
      isNamed = name !== undefined;
      if (!isNamed) early.push(packet);
      // Whatever is behind the first packet of a chunk waits in `early`, the rest in the socket.
      socket.pause();
      void join(name);
    } else if (state === 'waiting') early.push(packet);
    else toController(packet);
  }

  async function join(name: string | undefined): Promise<void> {
    try {
      const tenant = { receive: toClient, powerChanged, evicted: () => drop('its name was taken by another', 'gone') };
      const taken = await pool.take(name, tenant);
      if (state !== 'waiting') return taken?.leave();
      if (taken === undefined) return;
      tenancy = taken;
    } catch (error) {
      return drop(error instanceof Error ? error.message : String(error), 'gone');
    }
    state = 'served';
    events.joined(tenancy.adapter);
    powerChanged(tenancy.adapter.power);
    guard(() => early.splice(0).forEach(toController));
    socket.resume();
  }

  function toController(packet: Uint8Array): void {
    if (packet[0] !== PacketType.command && packet[0] !== PacketType.acl) {
      throw new H4Error('a host sends commands and ACL data, and its name before anything else');
    }
    tenancy?.port.write(packet);
  }

  function toClient(packet: Uint8Array): void {
    if (writer.waitingBytes() + packet.length > MAX_WAITING_BYTES) events.lost();
    else writer.write(packet);
  }

  function powerChanged(power: AdapterPower): void {
    if (power === 'gone') drop('its adapter was pulled', 'gone');
    else tell(power);
  }

  /** Other hosts than ours do not know such packets, and have no name. */
  function tell(power: AdapterPower): void {
    if (isNamed) writer.write(encodeVendor({ type: 'power', power }));
  }

  function drop(why: string, power?: AdapterPower): void {
    if (state === 'ended') return;
    if (power !== undefined) tell(power);
    writer.flush();
    leave(why);
    // Who does not read is not waited for.
    if (socket.writableLength === 0) socket.destroySoon();
    else socket.destroy();
  }

  function leave(why: string): void {
    if (state === 'ended') return;
    state = 'ended';
    early.length = 0;
    if (tenancy === undefined) events.refused(why);
    else {
      tenancy.leave();
      events.left(tenancy.adapter, why);
    }
  }

  function guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof H4Error)) throw error;
      drop(error.message);
    }
  }

  const split = createH4Splitter(receive);
  socket.on('data', (chunk) => guard(() => split(chunk)));
  // 'close' follows, and says it all.
  socket.on('error', () => {});
  socket.on('close', () => leave('it left'));
  return { drop };
}

function readName(packet: Uint8Array): string | undefined {
  if (packet[0] !== VENDOR_PACKET) return undefined;
  const said = parseVendor(packet);
  return said.type === 'name' ? said.name : undefined;
}
