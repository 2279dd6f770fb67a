import type { EventEmitter } from 'node:events';
import { firstValueFrom } from 'rxjs';
import { describe, expect, test, vi } from 'vitest';
import { SimulatedClock } from 'xstate';
import type { Adapter } from '../../../src/transport/air/adapter.js';
import { HciError, HciEvent, PacketType } from '../../../src/transport/air/hci-codes.js';
import { leConnectionComplete } from '../../../src/transport/air/hci-events.js';
import { ADVERTISING_DATA } from '../../../src/transport/ble/peripheral/advertisement-data.js';
import type { HciSocketClass } from '../../../src/transport/ble/stacks.js';
import { hex } from '../../../src/transport/contract/stage.js';
import { createRogueCentral } from '../../support/rogue-central.js';
import { turns } from '../../support/time.js';
import {
  card,
  createPeripheralFixture,
  hint,
  openLink,
  type PeripheralFixture,
  reach,
  startPeripheral,
} from './peripheral-fixture.js';

const POLL_MS = 1_000;
/** Source: Core Specification, volume 4, part E, section 5.4.4. */
const VENDOR_EVENT = 0xff;

describe('bleno peripheral › what an adapter may say', () => {
  test('one with no room for another connection is asked again, after a while or when one ends', async () => {
    const clock = new SimulatedClock();
    const fixture = await startPeripheral({ clock, lamp: { maxLinks: 1 } });
    const other = createRogueCentral(fixture.air.createAdapter({ name: 'other' })).accept(
      ADVERTISING_DATA,
      ADVERTISING_DATA,
    );
    const outbound = await createRogueCentral(fixture.lamp).connect(adapterNamed(fixture, 'other'));
    fixture.peripheral.advertise({ hint, card });
    await turns();
    const [line] = fixture.lines;
    expect(line).toContain('does not advertise now');
    clock.increment(5_000);
    await turns();
    expect(fixture.lines).toEqual([line, line]);
    outbound.disconnect();
    await (await other).ended;
    expect(hex(await fixture.central.hear())).toContain(hex(hint));
  });

  test('an adapter that is off at first is off, and on when it is switched on', async () => {
    const clock = new SimulatedClock();
    const fixture = createPeripheralFixture({ clock, isLampOff: true });
    expect(fixture.states).toEqual(['poweredOff']);
    fixture.lamp.setPower(true);
    clock.increment(POLL_MS);
    expect(await reach(fixture.peripheral.state$, 'poweredOn')).toBe('poweredOn');
  });

  test('switched off without a word about its connections, it ends them', async () => {
    const clock = new SimulatedClock();
    const fixture = await startPeripheral({ clock, wrap: deafToEnds });
    const { link } = await openLink(fixture);
    fixture.lamp.setPower(false);
    clock.increment(POLL_MS);
    expect(await firstValueFrom(link.ended$)).toBe('radio-off');
  });

  test('a connection that came to nothing is none', async () => {
    const sockets: EventEmitter[] = [];
    const fixture = await startPeripheral({ wrap: (Socket) => collecting(Socket, sockets) });
    for (const socket of sockets) socket.emit('data', failedConnection);
    expect(await openLink(fixture)).toBeDefined();
    expect(fixture.lines).toEqual([]);
  });

  test('says unauthorized when the socket says so, and writes nothing to the console', async () => {
    const toConsole = vi.spyOn(console, 'log');
    const { lines, states } = createPeripheralFixture({ wrap: refusing, clock: new SimulatedClock() });
    await turns();
    expect(states).toEqual(['unknown', 'unauthorized']);
    expect(lines).toEqual(['the peripheral adapter cannot be used: Operation not permitted']);
    expect(toConsole).not.toHaveBeenCalled();
  });
});

/** Fails at the first write, as for a user without CAP_NET_RAW. */
function refusing(Socket: HciSocketClass): HciSocketClass {
  const Base = Socket as unknown as new () => EventEmitter; // its methods stay as they are
  return class extends Base {
    write(): void {
      setImmediate(() => this.emit('error', Object.assign(new Error('Operation not permitted'), { code: 'EPERM' })));
    }
  } as unknown as HciSocketClass; // all else as in the class it extends
}

function adapterNamed({ air }: PeripheralFixture, name: string): Adapter {
  const adapter = air.find(name);
  if (adapter === undefined) throw new Error(`there is no adapter ${name}`);
  return adapter;
}

/** As a host that lost the event: it becomes one that means nothing to anybody. */
function deafToEnds(Socket: HciSocketClass): HciSocketClass {
  const Base = Socket as unknown as new () => EventEmitter; // its methods stay as they are
  return class extends Base {
    override emit(name: string | symbol, ...args: unknown[]): boolean {
      const [packet] = args;
      const isPacket = Buffer.isBuffer(packet) && packet[0] === PacketType.event;
      if (isPacket && packet[1] === HciEvent.disconnectionComplete) packet.writeUInt8(VENDOR_EVENT, 1);
      return super.emit(name, ...args);
    }
  } as unknown as HciSocketClass; // all else as in the class it extends
}

function collecting(Socket: HciSocketClass, sockets: EventEmitter[]): HciSocketClass {
  const Base = Socket as unknown as new () => EventEmitter; // its methods stay as they are
  return class extends Base {
    constructor() {
      super();
      sockets.push(this);
    }
  } as unknown as HciSocketClass; // all else as in the class it extends
}

/** As controllers end an advertisement that nobody answered in time. Source: Core Specification 5.3, volume 4, part E, section 7.8.9. */
const failedConnection = leConnectionComplete({
  status: HciError.failedToEstablish,
  handle: 0,
  role: 1,
  peer: { type: 0, address: '00:00:00:00:00:00' },
  interval: 0,
  latency: 0,
  supervisionTimeout: 0,
});
