import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Adapter, type Air, createAir } from '../../../src/transport/air/air.js';
import { createAirSocketClass } from '../../../src/transport/air/air-socket.js';
import type { HciSocket } from '../../../src/transport/ble/stacks.js';
import { turns } from '../../support/time.js';

const RESET = Buffer.from('01030c00', 'hex');
const RESET_DONE = '040e0401030c00';

let air: Air;
let adapter: Adapter;

beforeEach(() => {
  air = createAir();
  air.createAdapter();
  adapter = air.createAdapter();
});

afterEach(() => air.close());

function socket(): { socket: HciSocket; data: string[]; errors: unknown[] } {
  const Socket = createAirSocketClass(air, (deviceId) => air.adapters[deviceId ?? 1] ?? adapter);
  const made = new Socket();
  const data: string[] = [];
  const errors: unknown[] = [];
  made.on('data', (packet: Buffer) => data.push(packet.toString('hex')));
  made.on('error', ({ code }: { code: unknown }) => errors.push(code));
  return { socket: made, data, errors };
}

/** Packet types by number, events by code. */
function filter(types: readonly number[], events: readonly number[]): Buffer {
  const bytes = Buffer.alloc(14);
  for (const type of types) bytes.writeUInt8(bytes.readUInt8(type >> 3) | (1 << (type & 7)), type >> 3);
  for (const event of events) {
    const offset = 4 + (event >> 3);
    bytes.writeUInt8(bytes.readUInt8(offset) | (1 << (event & 7)), offset);
  }
  return bytes;
}

describe('a raw socket', () => {
  it('is bound to the adapter that was asked for, and says which', () => {
    const made = socket().socket;
    expect([made.bindRaw(0), socket().socket.bindRaw()]).toEqual([0, 1]);
    expect(made.getDeviceList()).toEqual([
      { devId: 0, devUp: true },
      { devId: 1, devUp: true },
    ]);
  });

  it('hears nothing until a filter lets it', async () => {
    const { socket: made, data } = socket();
    made.bindRaw();
    made.write(RESET);
    await turns();
    expect(data).toEqual([]);
    made.setFilter(filter([4], [0x0f]));
    made.write(RESET);
    await turns();
    expect(data).toEqual([]);
    made.setFilter(filter([4], [0x0e]));
    made.write(RESET);
    await turns();
    expect(data).toEqual([RESET_DONE]);
  });

  it('sees the commands of others only if its filter says so', async () => {
    const [writer, curious, modest] = [socket(), socket(), socket()];
    for (const { socket: made } of [writer, curious, modest]) made.bindRaw();
    curious.socket.setFilter(filter([1, 4], [0x0e]));
    modest.socket.setFilter(filter([4], [0x0e]));
    writer.socket.write(RESET);
    await turns();
    expect([curious.data, modest.data]).toEqual([['01030c00', RESET_DONE], [RESET_DONE]]);
  });

  it('hears everything once, however often it is bound', async () => {
    const { socket: made, data } = socket();
    made.bindUser();
    made.bindUser();
    made.write(RESET);
    await turns();
    expect(data).toEqual([RESET_DONE]);
  });

  it('hears nothing more once it is stopped', async () => {
    const { socket: made, data } = socket();
    made.bindUser();
    made.write(RESET);
    made.stop();
    await turns();
    expect(data).toEqual([]);
  });
});

describe('a socket without a radio', () => {
  it('says that the network is down while the adapter is off', async () => {
    const { socket: made, errors } = socket();
    made.bindUser();
    adapter.setPower(false);
    expect([made.isDevUp(), made.getDeviceList()[1]?.devUp]).toEqual([false, false]);
    made.write(RESET);
    await turns();
    expect(errors).toEqual(['ENETDOWN']);
  });

  it('breaks when the adapter is pulled, and can be bound again when it is back', async () => {
    const { socket: made, errors, data } = socket();
    made.bindUser();
    adapter.pull();
    await turns();
    expect([errors, made.isDevUp()]).toEqual([['EPIPE'], false]);
    expect(() => made.bindRaw()).toThrow('ENODEV');
    adapter.plug();
    made.bindUser();
    made.write(RESET);
    await turns();
    expect(data).toEqual([RESET_DONE]);
  });

  it('does not end the process when nobody listens', async () => {
    const { socket: made } = socket();
    made.bindUser();
    made.removeAllListeners();
    adapter.pull();
    await turns();
    expect(made.isDevUp()).toBe(false);
  });

  it('takes everything on the control channel', () => {
    const { socket: made } = socket();
    expect(made.bindControl()).toBe(0);
    expect(() => made.write(Buffer.from('130000000200' + '0000', 'hex'))).not.toThrow();
  });
});
