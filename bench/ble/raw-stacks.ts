/** noble and bleno alone on one air, as a program without sessions would use them: one writes, the other notifies, as much as there is. */
import { once } from 'node:events';
import type { Adapter } from '../../src/transport/air/air.js';
import { createAirSocketClass } from '../../src/transport/air/air-socket.js';
import { loadBleno, loadNoble } from '../../src/transport/ble/load-stacks.js';
import type { Bleno, Noble, NobleCharacteristic, NoblePeripheral } from '../../src/transport/ble/stacks.js';
import type { BleSpace } from './ble-stage.js';
import type { Way } from './ways.js';

export interface RawStacks {
  /** Sends so many packets of 244 bytes; resolves when the last one has arrived. */
  flood(way: Way, packets: number): Promise<void>;
}

const SERVICE = 'ec00';
const INPUT = 'ec0e';
const OUTPUT = 'ec0f';
const PACKET = Buffer.alloc(244, 7);
/** The shortest interval and supervision of 2 s, as in the product. */
const CONNECTION = { minInterval: 6, maxInterval: 6, latency: 0, timeout: 200 };

export async function createRawStacks({ air }: BleSpace): Promise<RawStacks> {
  const [hub, device] = [air.createAdapter({ name: 'raw hub' }), air.createAdapter({ name: 'raw device' })];
  const noble = await powerOn(loadNoble(createAirSocketClass(air, () => hub)));
  const bleno = await powerOn(loadBleno(createAirSocketClass(air, () => device)));
  const count = { arrived: 0, wanted: 0, finish: () => {} };
  const arrive = (): void => {
    count.arrived += 1;
    if (count.arrived === count.wanted) count.finish();
  };
  const served = serve(bleno, arrive);
  await advertise(bleno, served.services);
  const { input, output } = await connect(noble, device);
  output.on('data', arrive);
  await new Promise<void>((resolve) => output.subscribe(() => resolve()));
  return {
    flood: (way, packets) =>
      new Promise((resolve) => {
        Object.assign(count, { arrived: 0, wanted: packets, finish: resolve });
        for (let sent = 0; sent < packets; sent += 1) {
          if (way === 'down') input.write(PACKET, true);
          else served.notify(PACKET);
        }
      }),
  };
}

async function powerOn<Stack extends Noble | Bleno>(stack: Stack): Promise<Stack> {
  while (stack.state !== 'poweredOn') await once(stack, 'stateChange');
  return stack;
}

function serve(bleno: Bleno, arrive: () => void) {
  let notify = (_packet: Buffer): void => {};
  const input = new bleno.Characteristic({
    uuid: INPUT,
    properties: ['writeWithoutResponse'],
    onWriteRequest: (_data, _offset, _withoutResponse, callback) => {
      arrive();
      callback(0);
    },
  });
  const output = new bleno.Characteristic({
    uuid: OUTPUT,
    properties: ['notify'],
    onSubscribe: (_maxValueSize, updateValue) => {
      notify = updateValue;
    },
  });
  const services = [new bleno.PrimaryService({ uuid: SERVICE, characteristics: [input, output] })];
  return { services, notify: (packet: Buffer) => notify(packet) };
}

async function advertise(bleno: Bleno, services: readonly unknown[]): Promise<void> {
  await new Promise<void>((resolve) => bleno.setServices(services, () => resolve()));
  const started = once(bleno, 'advertisingStart');
  const uuid = Buffer.from(SERVICE, 'hex').reverse();
  bleno.startAdvertisingWithEIRData(Buffer.concat([Buffer.from([2, 0x01, 0x06, 3, 0x03]), uuid]), Buffer.alloc(0));
  await started;
}

async function connect(noble: Noble, device: Adapter) {
  const peripheral = await new Promise<NoblePeripheral>((resolve) => {
    noble.on('discover', (found: NoblePeripheral) => {
      if (found.id === device.address.replaceAll(':', '')) resolve(found);
    });
    noble.startScanning([], true);
  });
  noble.stopScanning();
  await new Promise<void>((resolve, reject) =>
    peripheral.connect(CONNECTION, (error) => (error ? reject(error) : resolve())),
  );
  const found = await new Promise<readonly NobleCharacteristic[]>((resolve, reject) =>
    peripheral.discoverSomeServicesAndCharacteristics([SERVICE], [INPUT, OUTPUT], (error, _services, all) =>
      error ? reject(error) : resolve(all ?? []),
    ),
  );
  const [input, output] = found;
  if (input === undefined || output === undefined) throw new Error('a characteristic is missing');
  return { input, output };
}
