/** A hub with our central on the real noble, and lamps with our peripheral on the real bleno. */
import { filter, firstValueFrom } from 'rxjs';
import { onTestFinished } from 'vitest';
import { SimulatedClock } from 'xstate';
import type { RadioState } from '../../../src/protocol/codes.js';
import type { Adapter, AdapterOptions } from '../../../src/transport/air/adapter.js';
import { type Air, type AirOptions, createAir } from '../../../src/transport/air/air.js';
import { createAirSocketClass } from '../../../src/transport/air/air-socket.js';
import { type Central, createCentral } from '../../../src/transport/ble/central/noble-central.js';
import { HINT_BYTES } from '../../../src/transport/ble/gatt.js';
import type { StackOptions } from '../../../src/transport/ble/keep-running.js';
import { createPeripheral, type Peripheral } from '../../../src/transport/ble/peripheral/bleno-peripheral.js';
import type { Heard } from '../../../src/transport/ble/radio.js';
import type { HciSocketClass } from '../../../src/transport/ble/stacks.js';
import type { Clock } from '../../../src/transport/clock.js';
import { systemClock } from '../../../src/transport/clock.js';
import { patternBytes } from '../../../src/transport/contract/stage.js';
import type { DialError, Link, LinkEnd } from '../../../src/transport/transport.js';
import { traceOnFailure } from '../../support/trace.js';

export const hint = patternBytes(HINT_BYTES, 1);
export const card = patternBytes(300, 2);
/** Nobody gives up. */
export const { signal } = new AbortController();

export interface CentralFixtureOptions extends Partial<StackOptions> {
  readonly air?: AirOptions;
  readonly hub?: AdapterOptions;
  /** Pulled out at first. */
  readonly isHubGone?: boolean;
  /** Something between noble and the socket of the air. */
  readonly over?: (Socket: HciSocketClass) => HciSocketClass;
}

export type CentralFixture = ReturnType<typeof createCentralFixture>;

/** The central runs on simulated time, the air on its own: nothing here waits for a timeout. */
export function createCentralFixture({ over = (Socket) => Socket, ...options }: CentralFixtureOptions = {}) {
  const air = createAir(options.air);
  traceOnFailure(air);
  const hub = air.createAdapter({ name: 'hub', ...options.hub });
  if (options.isHubGone) hub.pull();
  const clock = new SimulatedClock();
  const lines: string[] = [];
  const states: RadioState[] = [];
  const central = createCentral({
    Socket: over(createAirSocketClass(air, () => hub)),
    adapter: undefined,
    channel: 'raw',
    clock: clock as Clock, // its timer handles are opaque, too
    log: (line) => lines.push(line),
    ...options,
  });
  central.state$.subscribe((state) => states.push(state));
  onTestFinished(async () => {
    air.close();
    await central.close();
  });
  return { air, hub, clock, central, states, lines };
}

/** With the hub scanning. */
export async function startCentral(options: CentralFixtureOptions = {}): Promise<CentralFixture> {
  const fixture = createCentralFixture(options);
  await reach(fixture.central, 'poweredOn');
  return fixture;
}

export async function reach({ state$ }: Central, wanted: RadioState): Promise<void> {
  await firstValueFrom(state$.pipe(filter((state) => state === wanted)));
}

export interface Lamp {
  readonly adapter: Adapter;
  readonly peripheral: Peripheral;
  /** Opened by centrals, oldest first. */
  readonly links: readonly Link[];
  readonly cards: readonly Uint8Array[];
}

/** A lamp that advertises. */
export function addLamp(air: Air, name = 'lamp', options: AdapterOptions = {}): Lamp {
  const adapter = air.createAdapter({ name, ...options });
  const peripheral = createPeripheral({
    Socket: createAirSocketClass(air, () => adapter),
    adapter: undefined,
    channel: 'raw',
    clock: systemClock,
    log: () => {},
  });
  const links: Link[] = [];
  const cards: Uint8Array[] = [];
  peripheral.incoming$.subscribe((link) => links.push(link));
  peripheral.cards$.subscribe((left) => cards.push(left));
  peripheral.advertise({ hint, card });
  onTestFinished(() => peripheral.close());
  return { adapter, peripheral, links, cards };
}

/** The next time that the hub hears this adapter. */
export function hear({ central }: CentralFixture, { address }: Adapter): Promise<Heard> {
  return firstValueFrom(central.heard$.pipe(filter((heard) => heard.address === address)));
}

/** Both ends of a link from the hub to the lamp. */
export async function link(fixture: CentralFixture, lamp: Lamp): Promise<[here: Link, there: Link]> {
  await hear(fixture, lamp.adapter);
  const here = await fixture.central.connect(lamp.adapter.address, { signal });
  const there = lamp.links.at(-1);
  if (there === undefined) throw new Error('no link came in');
  return [here, there];
}

export function endOf({ ended$ }: Link): Promise<LinkEnd> {
  return firstValueFrom(ended$);
}

/** What the promise rejects with. */
export async function failureOf(promise: Promise<unknown>): Promise<DialError> {
  return promise.then(
    () => {
      throw new Error('it did not fail');
    },
    (error: DialError) => error,
  );
}
