/** A hub and a device over the real noble and bleno on two virtual controllers, with one session between them. */
import { type Adapter, type Air, createAir } from '../../src/transport/air/air.js';
import { createAirSocketClass } from '../../src/transport/air/air-socket.js';
import { createVirtualTime, type VirtualTime } from '../../src/transport/air/virtual-time.js';
import { createBleRadio } from '../../src/transport/ble/ble-radio.js';
import { createBleTransport } from '../../src/transport/ble/ble-transport.js';
import { type Clock, systemClock } from '../../src/transport/clock.js';
import { loadSealing } from '../../src/transport/open-frame-link.js';
import type { Transport } from '../../src/transport/transport.js';
import { createStage, NAMES, type Pair, type Stage } from '../session/stage.js';
import { type Tuning, tuned } from './tuned-socket.js';

/** Left out: the instant air, on real time. */
export interface AirSpeed extends Tuning {
  /** Time is virtual, and packets go in connection events this far apart. */
  readonly intervalMs?: number;
}

/** An air, and the time in it. */
export interface BleSpace {
  readonly air: Air;
  readonly clock: Clock;
  /** Lets time pass until the promise settles. */
  pass<T>(promise: Promise<T>): Promise<T>;
  /** The transport of a device with an adapter of its own. */
  transport(role: 'central' | 'peripheral', adapter: Adapter): Transport;
}

export interface BleStage extends BleSpace, Stage {
  readonly hub: Adapter;
  readonly device: Adapter;
  /** Its caller is the hub, its answerer the device. */
  readonly pair: Pair;
}

/** Each stack adds listeners for the end of the process. */
process.setMaxListeners(0);

export async function createBleSpace(speed: AirSpeed): Promise<BleSpace> {
  const time: VirtualTime | undefined = speed.intervalMs === undefined ? undefined : createVirtualTime();
  const clock = time?.clock ?? systemClock;
  const air = createAir({ clock, ...(time && { timing: { type: 'modelled' } }) });
  // Time that jumps does not wait for a module to load.
  await loadSealing();
  return {
    air,
    clock,
    pass: (promise) => (time === undefined ? promise : time.run(promise, air.trace$)),
    transport(role, adapter) {
      const Socket = tuned(
        createAirSocketClass(air, () => adapter),
        role === 'central' ? speed : {},
      );
      const around = { log: () => {}, clock };
      const half = { [role]: { type: 'hci', adapter: 0 }, channel: 'raw' } as const;
      return createBleTransport(createBleRadio(half, { ...around, socketFor: () => Socket }), around);
    },
  };
}

/** The session is connected, and the link has its speed. */
export async function createBleStage(speed: AirSpeed): Promise<BleStage> {
  const space = await createBleSpace(speed);
  const { hub, device, air } = transportsOf(space);
  const stage = await space.pass(createStage({ isSealed: true, clock: space.clock, air }));
  const pair = await space.pass(stage.openPair());
  return {
    ...stage,
    ...space,
    hub,
    device,
    pair,
    async close() {
      await space.pass(stage.close());
      space.air.close();
    },
  };
}

/** Adapters for the two devices of a stage, and what gives each its transport. */
export function transportsOf(space: BleSpace) {
  const [hub, device] = [space.air.createAdapter(), space.air.createAdapter()];
  const transport = (deviceId: string): Transport =>
    deviceId === NAMES.caller ? space.transport('central', hub) : space.transport('peripheral', device);
  return { hub, device, air: { transport } };
}

/** Resolves when so much time has passed. */
export function waitFor({ clock }: Pick<BleSpace, 'clock'>, durationMs: number): Promise<void> {
  return new Promise((resolve) => void clock.setTimeout(resolve, durationMs));
}
