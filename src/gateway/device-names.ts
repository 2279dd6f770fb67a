/** Names of devices where ids are wanted: people know the one, calls take the other. */
import type { Broker } from '../broker/interface.js';
import { BrokerError } from '../protocol/errors.js';

export type NamedDevices = Pick<Broker, 'deviceId' | 'deviceName' | 'listKnownDevices'>;

/** Throws BrokerError `invalidParameter` for what is no id of a device that was there, but the name of one. Any other id may still come in range. */
export function refuseName({ deviceId, deviceName, listKnownDevices }: NamedDevices, wanted: string): void {
  const devices = [...listKnownDevices(), { deviceId, deviceName }];
  if (devices.some((device) => device.deviceId === wanted)) return;
  const ids = devices.filter((device) => device.deviceName === wanted).map((device) => device.deviceId);
  if (ids.length === 0) return;
  const words = ids.length === 1 ? `is the name of ${ids[0]}` : `is the name of several devices: ${ids.join(', ')}`;
  throw new BrokerError('invalidParameter', `peerInfo.deviceId is not found: "${wanted}" ${words}. Use the id.`);
}
