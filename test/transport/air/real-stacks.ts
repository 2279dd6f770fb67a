/** Unmodified noble and bleno on adapters of an air, as promises. */
import { EventEmitter, once } from 'node:events';
import type { Adapter, Air } from '../../../src/transport/air/air.js';
import { createAirSocketClass } from '../../../src/transport/air/air-socket.js';
import { loadBleno, loadNoble } from '../../../src/transport/ble/load-stacks.js';
import type { Bleno, Noble, NobleCharacteristic, NoblePeripheral } from '../../../src/transport/ble/stacks.js';

export const SERVICE = 'ec00';
/** Takes writes without response. */
export const INPUT = 'ec0e';
/** Notifies. */
export const OUTPUT = 'ec0f';

/** 7.5 ms, and the shortest supervision timeout there is: 100 ms, which count only while the ends do not hear each other. */
const parameters = { minInterval: 6, maxInterval: 6, latency: 0, timeout: 10 };

/** Each stack adds listeners for the end of the process. */
process.setMaxListeners(0);

export interface EchoPeripheral {
  readonly bleno: Bleno;
  /** What arrived at INPUT, in order. */
  readonly written: Buffer[];
  /** Emits 'written' after each of them, 'subscribed'. */
  readonly events: EventEmitter;
  /** To the central that is subscribed. */
  notify(value: Buffer): void;
}

export interface Connected {
  readonly peripheral: NoblePeripheral;
  readonly input: NobleCharacteristic;
  readonly output: NobleCharacteristic;
}

export async function powerOn<Stack extends EventEmitter & { readonly state: string }>(stack: Stack): Promise<Stack> {
  if (stack.state !== 'poweredOn') await until(stack, 'stateChange', (state) => state === 'poweredOn');
  return stack;
}

export function centralOn(air: Air, adapter: Adapter): Promise<Noble> {
  return powerOn(loadNoble(createAirSocketClass(air, () => adapter)));
}

/** Advertises SERVICE, and keeps what is written to it. */
export async function peripheralOn(air: Air, adapter: Adapter): Promise<EchoPeripheral> {
  const bleno = await powerOn(loadBleno(createAirSocketClass(air, () => adapter)));
  const written: Buffer[] = [];
  const events = new EventEmitter();
  let notify = (_value: Buffer): void => {};
  const input = new bleno.Characteristic({
    uuid: INPUT,
    properties: ['writeWithoutResponse'],
    onWriteRequest: (data, _offset, _withoutResponse, callback) => {
      written.push(data);
      events.emit('written');
      callback(0);
    },
  });
  const output = new bleno.Characteristic({
    uuid: OUTPUT,
    properties: ['notify'],
    onSubscribe: (_maxValueSize, updateValue) => {
      notify = updateValue;
      events.emit('subscribed');
    },
  });
  await new Promise<void>((resolve) =>
    bleno.setServices([new bleno.PrimaryService({ uuid: SERVICE, characteristics: [input, output] })], () => resolve()),
  );
  await advertise(bleno, adapter.name);
  return { bleno, written, events, notify: (value) => notify(value) };
}

/** The name goes into the scan response. */
export async function advertise(bleno: Bleno, name: string): Promise<void> {
  const started = once(bleno, 'advertisingStart');
  const uuid = Buffer.from(SERVICE, 'hex').reverse();
  const flagsAndService = Buffer.concat([Buffer.from([2, 0x01, 0x06, 3, 0x03]), uuid]);
  const localName = Buffer.concat([Buffer.from([name.length + 1, 0x09]), Buffer.from(name)]);
  bleno.startAdvertisingWithEIRData(flagsAndService, localName);
  await started;
}

export async function discover(noble: Noble, adapter: Adapter): Promise<NoblePeripheral> {
  const found = until<NoblePeripheral>(noble, 'discover', ({ id }) => id === adapter.address.replaceAll(':', ''));
  noble.startScanning([], true);
  const peripheral = await found;
  noble.stopScanning();
  return peripheral;
}

/** Discovers, connects, and subscribes to OUTPUT. */
export async function connectTo(noble: Noble, adapter: Adapter): Promise<Connected> {
  return open(await discover(noble, adapter));
}

export async function open(peripheral: NoblePeripheral): Promise<Connected> {
  await new Promise<void>((resolve, reject) =>
    peripheral.connect(parameters, (error) => (error ? reject(error) : resolve())),
  );
  const [input, output] = await new Promise<readonly NobleCharacteristic[]>((resolve, reject) =>
    peripheral.discoverSomeServicesAndCharacteristics(
      [SERVICE],
      [INPUT, OUTPUT],
      (error, _services, characteristics) => (error ? reject(error) : resolve(characteristics ?? [])),
    ),
  );
  if (input === undefined || output === undefined) throw new Error('a characteristic is missing');
  await new Promise<void>((resolve) => output.subscribe(() => resolve()));
  return { peripheral, input, output };
}

/** Resolves with the first argument of the first such event that fits. */
export function until<T>(emitter: EventEmitter, event: string, fits: (value: T) => boolean = () => true): Promise<T> {
  return new Promise((resolve) => {
    const look = (value: T): void => {
      if (!fits(value)) return;
      emitter.off(event, look);
      resolve(value);
    };
    emitter.on(event, look);
  });
}
