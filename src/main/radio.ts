/** The radio of this device, as the configuration wants it. */
import type { AdapterChoice, HciChannel, RadioOptions } from '../transport/ble/radio-options.js';
import { findHciSocket } from '../transport/ble/radio-packages.js';
import type { RadioConfig } from './config/radio-settings.js';
import { INSTALL_SOCKET, SOCKET_MISSING } from './doctor/find-build.js';

/** `name` keeps the same simulated controllers through a restart of the radio process. */
export function radioOptionsOf({ role, channel, ...config }: RadioConfig, name: string): RadioOptions {
  const isCentral = role !== 'peripheral';
  const isPeripheral = role !== 'central';
  return {
    ...(isCentral && { central: adapterOf(config, config.adapter, name) }),
    ...(isPeripheral && { peripheral: peripheralOf(config, name, isCentral) }),
    channel,
  };
}

/** What is not installed for it, and what to do, in lines for people; none where nothing is. The gateway runs all the same. */
export function radioLacks({ air }: RadioConfig): readonly string[] {
  if (air !== undefined || process.platform !== 'linux' || findHciSocket() !== undefined) return [];
  return [`No radio: ${SOCKET_MISSING}`, INSTALL_SOCKET, 'Without a radio: tandem start --demo, or tandem air.'];
}

/** Where the radio is, for people. */
export function describeRadio(radio: RadioConfig): string {
  const { role, air, adapter, peripheralAdapter } = radio;
  if (air !== undefined) return `${role === 'both' ? 'simulated controllers' : 'a simulated controller'} at ${air}`;
  const first = adapter === undefined ? 'the first Bluetooth adapter' : `hci${adapter}`;
  const isPair = role === 'both' && !isShared(radio);
  return `${first}${isPair ? ` and hci${peripheralAdapter}` : ''}, ${channelOf(radio)} channel`;
}

/** One adapter for both roles is driven over the raw channel, whatever the configuration says; see ble-radio.ts. */
export function channelOf(radio: RadioConfig): HciChannel {
  return isShared(radio) ? 'raw' : radio.channel;
}

/** Whether one adapter has both roles. */
export function isShared({ role, adapter = 0, peripheralAdapter = adapter }: RadioConfig): boolean {
  return role === 'both' && peripheralAdapter === adapter;
}

function peripheralOf(config: Omit<RadioConfig, 'role' | 'channel'>, name: string, isBoth: boolean): AdapterChoice {
  const number = isBoth ? (config.peripheralAdapter ?? config.adapter) : config.adapter;
  // On an air, a second controller costs nothing.
  return adapterOf(config, number, isBoth ? `${name} peripheral` : name);
}

function adapterOf({ air }: Pick<RadioConfig, 'air'>, adapter: number | undefined, name: string): AdapterChoice {
  if (air !== undefined) return { type: 'h4', path: air, name };
  return { type: 'hci', ...(adapter !== undefined && { adapter }) };
}
