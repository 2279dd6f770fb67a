/** Finds the device that a person means: by name as well as by id, in range or not. */
import type { KnownDevice, TandemClient } from '../client/interface.js';
import { CommandError } from './command-error.js';
import { findSuggestion } from './suggestion.js';

/** Throws CommandError when nothing, or more than one device, is meant. One that is away may be meant: connecting to it says why it fails. */
export async function findDevice(client: TandemClient, wanted: string): Promise<KnownDevice> {
  const devices = await client.call('listKnownDevices', {});
  const byId = devices.find(({ deviceId }) => deviceId === wanted);
  if (byId !== undefined) return byId;
  const named = devices.filter(({ deviceName }) => deviceName === wanted);
  const present = named.filter(({ isInRange }) => isInRange);
  // A device that was set up anew has its old name and another id: the old one is away for good.
  const [meant, ...others] = present.length > 0 ? present : named;
  if (meant === undefined) throw notFound(wanted, devices);
  if (others.length === 0) return meant;
  const ids = [meant, ...others].map(({ deviceId }) => deviceId).join(', ');
  throw new CommandError(`Several devices are named "${wanted}": say which by id.`, { advice: [`Their ids: ${ids}`] });
}

function notFound(wanted: string, devices: readonly KnownDevice[]): CommandError {
  const suggestion = findSuggestion(wanted, [...new Set(devices.map(({ deviceName }) => deviceName))]);
  const present = devices.filter(({ isInRange }) => isInRange).map(({ deviceName }) => deviceName);
  return new CommandError(`No device "${wanted}" is in range.`, {
    advice: [
      ...(suggestion === undefined ? [] : [`Did you mean ${suggestion}?`]),
      present.length === 0 ? 'No device in range shares the account.' : `In range: ${present.join(', ')}`,
    ],
  });
}
