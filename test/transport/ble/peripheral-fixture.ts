/** A lamp with our peripheral on the real bleno, and a phone that is not ours. */
import { filter, firstValueFrom, type Observable } from 'rxjs';
import { onTestFinished } from 'vitest';
import type { RadioState } from '../../../src/protocol/codes.js';
import type { AdapterOptions } from '../../../src/transport/air/adapter.js';
import { type AirOptions, createAir } from '../../../src/transport/air/air.js';
import { createAirSocketClass } from '../../../src/transport/air/air-socket.js';
import { HINT_BYTES } from '../../../src/transport/ble/gatt.js';
import type { StackOptions } from '../../../src/transport/ble/keep-running.js';
import { createPeripheral } from '../../../src/transport/ble/peripheral/bleno-peripheral.js';
import type { HciSocketClass } from '../../../src/transport/ble/stacks.js';
import { systemClock } from '../../../src/transport/clock.js';
import { patternBytes } from '../../../src/transport/contract/stage.js';
import type { Link } from '../../../src/transport/transport.js';
import { createRogueCentral } from '../../support/rogue-central.js';
import { traceOnFailure } from '../../support/trace.js';

export const hint = patternBytes(HINT_BYTES, 1);
export const card = patternBytes(300, 2);

export interface FixtureOptions extends Partial<StackOptions> {
  readonly air?: AirOptions;
  readonly lamp?: AdapterOptions;
  /** Pulled out at first. */
  readonly isLampGone?: boolean;
  readonly isLampOff?: boolean;
  /** Around the socket class. */
  readonly wrap?: (Socket: HciSocketClass) => HciSocketClass;
  /** Nobody takes links. */
  readonly isDeaf?: boolean;
}

export type PeripheralFixture = ReturnType<typeof createPeripheralFixture>;

export function createPeripheralFixture(options: FixtureOptions = {}) {
  const air = createAir(options.air);
  traceOnFailure(air);
  const lamp = air.createAdapter({ name: 'lamp', ...options.lamp });
  const phone = air.createAdapter({ name: 'phone' });
  if (options.isLampGone) lamp.pull();
  if (options.isLampOff) lamp.setPower(false);
  const lines: string[] = [];
  const { wrap = (Socket) => Socket } = options;
  const peripheral = createPeripheral({
    Socket: wrap(createAirSocketClass(air, () => lamp)),
    adapter: undefined,
    channel: 'raw',
    clock: systemClock,
    log: (line) => lines.push(line),
    ...options,
  });
  const links: Link[] = [];
  const cards: Uint8Array[] = [];
  const states: RadioState[] = [];
  if (!options.isDeaf) peripheral.incoming$.subscribe((link) => links.push(link));
  peripheral.cards$.subscribe((left) => cards.push(left));
  peripheral.state$.subscribe((state) => states.push(state));
  onTestFinished(async () => {
    air.close();
    await peripheral.close();
  });
  return { air, lamp, phone, central: createRogueCentral(phone), peripheral, links, cards, states, lines };
}

/** With the lamp advertising. */
export async function startPeripheral(options: FixtureOptions = {}): Promise<PeripheralFixture> {
  const fixture = createPeripheralFixture(options);
  fixture.peripheral.advertise({ hint, card });
  await reach(fixture.peripheral.state$, 'poweredOn');
  return fixture;
}

export function reach<State>(state$: Observable<State>, wanted: State): Promise<State> {
  return firstValueFrom(state$.pipe(filter((state) => state === wanted)));
}

/** A link from the phone to the lamp, seen from both sides. */
export async function openLink({ central, lamp, links }: PeripheralFixture, mtu = 256) {
  const connection = await central.connect(lamp);
  await connection.request(0x02, mtu & 0xff, mtu >> 8);
  await connection.subscribe();
  const link = links.at(-1);
  if (link === undefined) throw new Error('no link came in');
  return { connection, link };
}
