/** A simulated radio space: virtual LE controllers that real Bluetooth stacks run on, and whatever can go wrong between them. */
import { type Observable, Subject } from 'rxjs';
import { type Clock, systemClock } from '../clock.js';
import { type Adapter, type AdapterOptions, createAdapter, settingsOf } from './adapter.js';
import { type AirFaults, createAirFaults } from './air-faults.js';
import type { Controller, Space } from './air-state.js';
import { createController } from './controller.js';
import { setRssi } from './identity.js';
import { pull, setInRange } from './power.js';

export type { Adapter, AdapterOptions } from './adapter.js';

/** What 7.5 ms hold at 2 Mb/s, each way. */
const PACKETS_PER_EVENT = 6;

export interface AirOptions {
  /** Default: systemClock. */
  readonly clock?: Clock;
  /** Repeats the same faults. Default: 1. */
  readonly seed?: number;
  readonly timing?: AirTiming;
  readonly faults?: Partial<AirFaults>;
}

/** How long radio takes. */
export type AirTiming =
  /** Every packet as soon as the event loop turns: for tests. */
  | { readonly type: 'instant' }
  /** Connection events at the interval the central asked for, some packets in each. */
  | {
      readonly type: 'modelled';
      /** Link-layer packets per connection event and direction. Default: 6, what 7.5 ms hold at 2 Mb/s. */
      readonly packetsPerEvent?: number;
    };

export interface Air {
  createAdapter(options?: AdapterOptions): Adapter;
  /** By name. */
  find(name: string): Adapter | undefined;
  readonly adapters: readonly Adapter[];
  /** Two adapters out of range: nothing is heard, links end on both sides after their supervision timeout (0x08). */
  partition(one: Adapter, other: Adapter): void;
  /** Back in range; links that have not ended go on. */
  heal(one: Adapter, other: Adapter): void;
  /** Signal strength between two adapters, in dBm. Default: -50. */
  setRssi(one: Adapter, other: Adapter, rssi: number): void;
  /** What is not named goes right. Holds from the next packet on. */
  setFaults(faults: Partial<AirFaults>): void;
  /** Every H4 packet between hosts and controllers. */
  readonly trace$: Observable<HciRecord>;
  /** Pulls every adapter; no timer is left. */
  close(): void;
}

export interface HciRecord {
  /** Of the air's clock. */
  readonly atMs: number;
  readonly adapter: Adapter;
  readonly isFromHost: boolean;
  readonly packet: Uint8Array;
}

/** Throws RangeError for options out of bounds; so do `createAdapter`, `setRssi` and `setFaults`. */
export function createAir(options: AirOptions = {}): Air {
  const trace = new Subject<HciRecord>();
  const adapters = new Map<Controller, Adapter>();
  const controllers = new Map<Adapter, Controller>();
  const faults = createAirFaults(options);
  const space = createSpace(options, faults.fate, (controller, isFromHost, packet) => {
    const adapter = adapters.get(controller);
    if (!trace.observed || adapter === undefined) return;
    // The bytes are the host's to use again.
    trace.next({ atMs: space.clock.now(), adapter, isFromHost, packet: Uint8Array.from(packet) });
  });
  const between = (one: Adapter, other: Adapter): [Controller, Controller] => {
    const pair = [one, other].map((adapter) => controllers.get(adapter));
    const [first, second] = pair;
    if (first === undefined || second === undefined) throw new Error('an adapter of another air');
    return [first, second];
  };

  return {
    createAdapter: (adapterOptions) => {
      const controller = createController(space, settingsOf(adapterOptions, space.controllers));
      const adapter = createAdapter(controller);
      space.controllers.push(controller);
      adapters.set(controller, adapter);
      controllers.set(adapter, controller);
      return adapter;
    },
    find: (name) => [...controllers.keys()].find((adapter) => adapter.name === name),
    get adapters() {
      return [...controllers.keys()];
    },
    partition: (one, other) => setInRange(...between(one, other), false),
    heal: (one, other) => setInRange(...between(one, other), true),
    setRssi: (one, other, rssi) => setRssi(...between(one, other), rssi),
    setFaults: faults.set,
    trace$: trace.asObservable(),
    close: () => {
      space.controllers.forEach(pull);
      trace.complete();
    },
  };
}

function createSpace({ clock = systemClock, timing }: AirOptions, fate: Space['fate'], trace: Space['trace']): Space {
  const isModelled = timing?.type === 'modelled';
  const packetsPerEvent = (isModelled ? timing.packetsPerEvent : undefined) ?? PACKETS_PER_EVENT;
  if (!Number.isInteger(packetsPerEvent) || packetsPerEvent < 1) {
    throw new RangeError(`not a number of packets per connection event: ${packetsPerEvent}`);
  }
  return {
    clock,
    isInstant: !isModelled,
    packetsPerEvent,
    controllers: [],
    fate,
    trace,
  };
}
