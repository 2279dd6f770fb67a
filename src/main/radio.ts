/** The radio of this device, as the configuration wants it. */
import type { AdapterChoice, RadioOptions } from '../transport/ble/radio-options.js';
import type { RadioConfig } from './config.js';

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

function peripheralOf(config: Omit<RadioConfig, 'role' | 'channel'>, name: string, isBoth: boolean): AdapterChoice {
  const number = isBoth ? (config.peripheralAdapter ?? config.adapter) : config.adapter;
  // On an air, a second controller costs nothing.
  return adapterOf(config, number, isBoth ? `${name} peripheral` : name);
}

function adapterOf({ air }: Pick<RadioConfig, 'air'>, adapter: number | undefined, name: string): AdapterChoice {
  if (air !== undefined) return { type: 'h4', path: air, name };
  return { type: 'hci', ...(adapter !== undefined && { adapter }) };
}
