/** A hub and devices that share an account, over the real noble and bleno on simulated controllers; on real time, or on time that jumps. */
import { filter, firstValueFrom, skip } from 'rxjs';
import { onTestFinished } from 'vitest';
import { createBroker } from '../../src/broker/broker.js';
import type { Broker } from '../../src/broker/interface.js';
import { createAccount } from '../../src/transport/account.js';
import { type Adapter, type Air, type AirOptions, createAir } from '../../src/transport/air/air.js';
import { createAirSocketClass } from '../../src/transport/air/air-socket.js';
import { PacketType } from '../../src/transport/air/hci-codes.js';
import { createVirtualTime, type VirtualTime } from '../../src/transport/air/virtual-time.js';
import { createBleRadio } from '../../src/transport/ble/ble-radio.js';
import { createBleTransport } from '../../src/transport/ble/ble-transport.js';
import type { HciSocketClass } from '../../src/transport/ble/stacks.js';
import { createDeviceKeys, type DeviceKeys } from '../../src/transport/device-keys.js';
import { loadSealing } from '../../src/transport/open-frame-link.js';
import type { Transport } from '../../src/transport/transport.js';
import type { Device } from '../conformance/fixture.js';
import { traceOnFailure } from '../support/trace.js';

export interface AirDevice extends Device {
  readonly adapter: Adapter;
  readonly deviceKeys: DeviceKeys;
  /** What its transport logged; the list grows. */
  readonly lines: readonly string[];
}

export interface AirStage extends AirSurroundings {
  /** The hub: central. */
  readonly kitchen: AirDevice;
  /** The first device: peripheral. */
  readonly phone: AirDevice;
}

export interface VirtualStage extends AirStage {
  readonly time: VirtualTime;
}

/**
 * Both brokers run and see each other; everything is closed when the test ends, and the air is shown if it fails. On real time, which
 * alone lets noble and bleno notice that an adapter was switched on.
 */
export async function createAirStage(options: AirOptions = {}): Promise<AirStage> {
  const air = createAir(options);
  onTestFinished(() => air.close());
  return startBoth({ air, account: createAccount() });
}

/** The same on time that jumps whenever nothing is left to do: waiting costs nothing. */
export async function createVirtualStage(options: Omit<AirOptions, 'clock'> = {}): Promise<VirtualStage> {
  const time = createVirtualTime();
  const air = createAir({ ...options, clock: time.clock });
  onTestFinished(() => air.close());
  // Such time does not wait for a module to load.
  await loadSealing();
  return startBoth({ air, account: createAccount(), time });
}

async function startBoth<Around extends AirSurroundings>(around: Around): Promise<Around & AirStage> {
  traceOnFailure(around.air);
  const kitchen = await startHub(around, 'kitchen');
  const phone = await startPeripheral(around, 'phone');
  await pass(around, Promise.all([untilInRange(kitchen, phone), untilInRange(phone, kitchen)]));
  return { ...around, kitchen, phone };
}

export interface AirSurroundings {
  readonly air: Air;
  readonly account: string;
  readonly time?: VirtualTime;
}

/** Lets time pass, be it real or not, until the promise settles, and gives what it gives. */
export function pass<T>({ air, time }: Pick<AirSurroundings, 'air' | 'time'>, promise: Promise<T>): Promise<T> {
  return time === undefined ? promise : time.run(promise, air.trace$);
}

/** So much time, of the kind that jumps. */
export async function passTime(around: AirSurroundings, durationMs: number): Promise<void> {
  const { time } = around;
  if (time === undefined) throw new Error('tests do not wait for real time');
  await pass(around, new Promise<void>((resolve) => void time.clock.setTimeout(resolve, durationMs)));
}

/** Lets pass what is in the air until hosts have written so many more data packets: then a transfer is in its middle. */
export async function passPackets(around: AirSurroundings, count: number): Promise<void> {
  const packets$ = around.air.trace$.pipe(
    filter(({ isFromHost, packet }) => isFromHost && packet[0] === PacketType.acl),
    skip(count - 1),
  );
  await pass(around, firstValueFrom(packets$));
}

export interface AirDeviceOptions {
  /** To start the same device anew. */
  readonly deviceKeys?: DeviceKeys;
  readonly adapter?: Adapter;
  /** Where it differs from the adapter's name. */
  readonly deviceId?: string;
  /** Around the socket class that its stack uses. */
  readonly over?: (Socket: HciSocketClass) => HciSocketClass;
}

export function startHub(around: AirSurroundings, name: string, options: AirDeviceOptions = {}): Promise<AirDevice> {
  return startDevice(around, name, 'central', options);
}

export function startPeripheral(
  around: AirSurroundings,
  name: string,
  options: AirDeviceOptions = {},
): Promise<AirDevice> {
  return startDevice(around, name, 'peripheral', options);
}

/** The states that sessions enter on both sides from now on; the lists grow. */
export function sessionStates({
  kitchen,
  phone,
}: Record<'kitchen' | 'phone', Device>): Record<'kitchen' | 'phone', string[]> {
  const states: Record<'kitchen' | 'phone', string[]> = { kitchen: [], phone: [] };
  kitchen.broker.sessions$.subscribe(({ state }) => states.kitchen.push(state));
  phone.broker.sessions$.subscribe(({ state }) => states.phone.push(state));
  return states;
}

/** Resolves once `device` lists `other`. */
export async function untilInRange({ broker }: Device, { name }: Pick<Device, 'name'>): Promise<void> {
  await firstValueFrom(broker.devices$.pipe(filter((devices) => devices.some(({ deviceId }) => deviceId === name))));
}

async function startDevice(
  around: AirSurroundings,
  name: string,
  role: Role,
  options: AirDeviceOptions,
): Promise<AirDevice> {
  const { air, account, time } = around;
  const { deviceKeys = createDeviceKeys(), adapter = air.createAdapter({ name }), deviceId = name } = options;
  const lines: string[] = [];
  const transport = createTransport(around, role, { ...options, adapter, log: (line) => lines.push(line) });
  const clocked = { ...(time && { clock: time.clock }) };
  const broker: Broker = await createBroker({ deviceId, account, deviceKeys, transport, ...clocked });
  onTestFinished(() => pass(around, broker.close()));
  return { name: deviceId, broker, adapter, deviceKeys, lines };
}

type Role = 'central' | 'peripheral';

/** The real stacks without a broker: whoever closes it lets time pass. */
export function createTransport(
  { air, time }: AirSurroundings,
  role: Role,
  { adapter = air.createAdapter(), over = same, log = () => {} }: TransportOptions = {},
): Transport {
  const around = { log, ...(time && { clock: time.clock }) };
  const Socket = over(createAirSocketClass(air, () => adapter));
  const half = { [role]: { type: 'hci', adapter: 0 } } as const;
  return createBleTransport(
    createBleRadio({ ...half, channel: 'raw' }, { ...around, socketFor: () => Socket }),
    around,
  );
}

interface TransportOptions extends Pick<AirDeviceOptions, 'adapter' | 'over'> {
  readonly log?: (line: string) => void;
}

function same<T>(value: T): T {
  return value;
}
