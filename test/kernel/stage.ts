/** One hub and three devices under one kernel: four adapters that it takes for real ones, and a broker at each. */
import { filter, firstValueFrom } from 'rxjs';
import { createBroker } from '../../src/broker/broker.js';
import type { Broker } from '../../src/broker/interface.js';
import { registerEchoApp } from '../../src/main/echo-app.js';
import { createAccount } from '../../src/transport/account.js';
import { type Adapter, type Air, createAir } from '../../src/transport/air/air.js';
import { createBluetoothTransport } from '../../src/transport/ble/bluetooth.js';
import type { HciChannel, RadioOptions } from '../../src/transport/ble/radio-options.js';
import { say } from './tap.js';
import { giveToKernel, setUp } from './vhci.js';

/** The last device shares its adapter with the kernel; the others have theirs to themselves. */
const CHANNELS: Readonly<Record<DeviceName, HciChannel>> = { one: 'user', two: 'user', three: 'raw' };
export const DEVICE_NAMES = ['one', 'two', 'three'] as const;
export type DeviceName = (typeof DEVICE_NAMES)[number];

export interface Radio {
  readonly adapter: Adapter;
  /** The N of hciN. */
  readonly number: number;
}

export interface Radios {
  readonly air: Air;
  readonly hub: Radio;
  readonly devices: Readonly<Record<DeviceName, Radio>>;
}

export interface Brokers {
  readonly hub: Broker;
  readonly devices: Readonly<Record<DeviceName, Broker>>;
}

/** Resolves when the kernel has taken all four. */
export async function createRadios(): Promise<Radios> {
  const air = createAir();
  const give = async (name: string): Promise<Radio> => {
    const adapter = air.createAdapter({ name });
    return { adapter, number: await giveToKernel(adapter) };
  };
  const hub = await give('hub');
  const devices = { one: await give('one'), two: await give('two'), three: await give('three') };
  return { air, hub, devices };
}

/** Every broker's radio has a process of its own, with the native socket. The devices echo what they get. */
export async function startBrokers({ hub, devices }: Radios): Promise<Brokers> {
  const account = createAccount();
  const start = (deviceId: string, options: RadioOptions): Promise<Broker> => {
    const log = (line: string) => say(`# ${deviceId}: ${line}`);
    return createBroker({ deviceId, account, transport: createBluetoothTransport({ ...options, log }) });
  };
  const startDevice = async (name: DeviceName): Promise<Broker> => {
    const [{ number }, channel] = [devices[name], CHANNELS[name]];
    if (channel === 'raw') await setUp(number, true);
    const broker = await start(name, { peripheral: { type: 'hci', adapter: number }, channel });
    registerEchoApp(broker);
    return broker;
  };
  return {
    hub: await start('hub', { central: { type: 'hci', adapter: hub.number }, channel: 'user' }),
    devices: { one: await startDevice('one'), two: await startDevice('two'), three: await startDevice('three') },
  };
}

export async function heardBy(hub: Broker, deviceIds: readonly string[]): Promise<void> {
  await firstValueFrom(
    hub.devices$.pipe(filter((devices) => deviceIds.every((id) => devices.some(({ deviceId }) => deviceId === id)))),
  );
}

export async function closeAll({ hub, devices }: Brokers): Promise<void> {
  await Promise.all([hub, ...Object.values(devices)].map((broker) => broker.close()));
}
