/** The Bluetooth LE transport over a simulated air, all in this process: the real noble and bleno on virtual controllers. */

import type { Adapter, Air } from '../air/air.js';
import { createAirSocketClass } from '../air/air-socket.js';
import type { Clock } from '../clock.js';
import type { Transport } from '../transport.js';
import { createBleRadio } from './ble-radio.js';
import { createBleTransport } from './ble-transport.js';

export interface AirTransportOptions {
  /** noble drives it: the device is a central, as hubs are. At least one of the two. */
  readonly central?: Adapter;
  /** bleno drives it: the device is a peripheral. */
  readonly peripheral?: Adapter;
  readonly log?: (line: string) => void;
  readonly clock?: Clock;
}

/** For tests, examples and trials; programs give noble and bleno a process of their own: bluetooth.ts. */
export function createAirTransport(air: Air, options: AirTransportOptions): Transport {
  const { central, peripheral, log = () => {}, clock } = options;
  const around = { log, ...(clock && { clock }) };
  const Socket = createAirSocketClass(air, (number) => pick(number === 0 ? central : peripheral));
  const radio = createBleRadio(
    {
      ...(central && { central: { type: 'hci', adapter: 0 } }),
      ...(peripheral && { peripheral: { type: 'hci', adapter: peripheral === central ? 0 : 1 } }),
      channel: 'raw',
    },
    { ...around, socketFor: () => Socket },
  );
  return createBleTransport(radio, around);
}

function pick(adapter: Adapter | undefined): Adapter {
  if (adapter === undefined) throw new Error('an air transport needs an adapter for each half it has');
  return adapter;
}
