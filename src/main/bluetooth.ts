/** What `import … from 'tandem-broker/bluetooth'` gives: the Bluetooth LE transport, and a simulated air for it. */
export { type Adapter, type AdapterOptions, type Air, type AirOptions, createAir } from '../transport/air/air.js';
export { type AirTransportOptions, createAirTransport } from '../transport/ble/air-transport.js';
export { type BluetoothOptions, createBluetoothTransport } from '../transport/ble/bluetooth.js';
export type { AdapterChoice, HciChannel, RadioOptions } from '../transport/ble/radio-options.js';
