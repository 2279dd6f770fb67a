/** The Bluetooth LE transport of a program: noble and bleno in a process of their own. */
import type { Clock } from '../clock.js';
import type { Transport } from '../transport.js';
import { createBleTransport } from './ble-transport.js';
import { createRadioProcess } from './process/radio-process.js';
import type { RadioOptions } from './radio-options.js';

export interface BluetoothOptions extends RadioOptions {
  /** Lines for whoever runs the program: what the radio lacks, and when its process is started again. */
  readonly log?: (line: string) => void;
  readonly clock?: Clock;
}

/** Never throws: a radio that cannot be used is 'unsupported' or 'unauthorized', and says why through `log`. */
export function createBluetoothTransport({ log = () => {}, clock, ...radio }: BluetoothOptions): Transport {
  const around = { log, ...(clock && { clock }) };
  return createBleTransport(createRadioProcess(radio, around), around);
}
