/** The devices nearby, as a table and as lines about what changed. */
import type { KnownDevice, NearbyDevice } from '../client/interface.js';
import { formatTable } from './terminal/table.js';

/** Those of the account first, by name; then the others, the loudest first. */
export function formatNearby(devices: readonly NearbyDevice[], nowMs: number): readonly string[] {
  if (devices.length === 0) return ['No device is nearby.'];
  const rows = devices.toSorted(compare).map((device) => rowOf(device, nowMs));
  return formatTable(['NAME', 'SIGNAL', 'HEARD', 'ACCOUNT', 'LINK', 'DEVICE ID'], rows);
}

/** Devices of the account, those that are out of range by now among them. */
export function formatKnown(devices: readonly KnownDevice[], nowMs: number): readonly string[] {
  if (devices.length === 0) return ['No device that shares the account was heard yet.'];
  const rows = devices.map(({ deviceName, deviceId, isInRange, lastSeen }) => [
    deviceName,
    isInRange ? 'in range' : lastSeen === undefined ? 'away' : `away, heard ${ageOf(nowMs - lastSeen)}`,
    deviceId,
  ]);
  return formatTable(['NAME', 'WHERE', 'DEVICE ID'], rows);
}

/** `+` came, `-` went, `=` is linked now or no longer. Signal strength alone is no change. */
export function formatChanges(before: readonly NearbyDevice[], after: readonly NearbyDevice[]): readonly string[] {
  const known = new Map(before.map((device) => [device.deviceId, device]));
  const present = new Set(after.map(({ deviceId }) => deviceId));
  const gone = before.filter(({ deviceId }) => !present.has(deviceId)).map((device) => `- ${nameOf(device)}`);
  const others = after.flatMap((device) => {
    const earlier = known.get(device.deviceId);
    if (earlier === undefined) return [`+ ${describe(device)}`];
    return earlier.isLinked === device.isLinked ? [] : [`= ${nameOf(device)} ${linkWord(device) || 'not linked'}`];
  });
  return [...gone, ...others];
}

function compare(one: NearbyDevice, other: NearbyDevice): number {
  if (one.isOurs !== other.isOurs) return one.isOurs ? -1 : 1;
  if (one.isOurs) return one.deviceName.localeCompare(other.deviceName) || one.deviceId.localeCompare(other.deviceId);
  return (other.rssi ?? Number.NEGATIVE_INFINITY) - (one.rssi ?? Number.NEGATIVE_INFINITY);
}

function rowOf(device: NearbyDevice, nowMs: number): string[] {
  const { deviceId, deviceName, isOurs, lastSeen } = device;
  const heard = lastSeen === undefined ? '' : ageOf(nowMs - lastSeen);
  const account = isOurs ? 'ours' : 'another';
  return [deviceName, signalOf(device), heard, account, linkWord(device), deviceId];
}

function describe(device: NearbyDevice): string {
  const account = device.isOurs ? '' : 'of another account';
  return [nameOf(device), signalOf(device), account, linkWord(device)].filter((word) => word !== '').join(' ');
}

function nameOf({ deviceName, deviceId }: NearbyDevice): string {
  return deviceName === '' ? deviceId : deviceName;
}

function signalOf({ rssi }: NearbyDevice): string {
  return rssi === undefined ? '' : `${Math.round(rssi)} dBm`;
}

function linkWord({ isLinked }: NearbyDevice): string {
  return isLinked ? 'linked' : '';
}

/** The gateway's clock may be ahead of ours. */
function ageOf(ageMs: number): string {
  return `${Math.max(0, Math.round(ageMs / 1_000))} s ago`;
}
