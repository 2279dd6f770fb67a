/** What `import … from 'tandem-broker/bluetooth'` gives: the Bluetooth LE transport, and a simulated air for it. */
export type { AdapterCounts } from '../transport/air/adapter.js';
export {
  type Adapter,
  type AdapterOptions,
  type Air,
  type AirOptions,
  type AirTiming,
  createAir,
  type HciRecord,
} from '../transport/air/air.js';
export type { AirFaults } from '../transport/air/air-faults.js';
export type { AdapterPower, HciHost, HciPort } from '../transport/air/hci-port.js';
export { type AirTransportOptions, createAirTransport } from '../transport/ble/air-transport.js';
export { type BluetoothOptions, createBluetoothTransport } from '../transport/ble/bluetooth.js';
export type { AdapterChoice, HciChannel, RadioOptions } from '../transport/ble/radio-options.js';
