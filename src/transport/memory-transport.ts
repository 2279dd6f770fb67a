/** One device's radio on the memory air. */
import { BehaviorSubject, Subject } from 'rxjs';
import type { RadioState } from '../protocol/codes.js';
import { type Air, type Device, isInRange, isRadioOn, isRadioStarting, showSightings } from './memory-device.js';
import { createMemoryLinks, type MemoryLink } from './memory-link.js';
import { DialError, type DialFailure, type Link, type Sighting, type Transport } from './transport.js';

/** Throws Error while the device has another transport that is not closed. */
export function createMemoryTransport(air: Air, deviceId: string): Transport {
  if (air.devices.has(deviceId)) {
    throw new Error(`the device ${deviceId} has a transport already`);
  }
  const device: Device = {
    deviceId,
    radio: new BehaviorSubject<RadioState>('poweredOn'),
    sightings: new BehaviorSubject<readonly Sighting[]>([]),
    incoming: new Subject(),
    links: new Set(),
    presence: undefined,
    isClosed: false,
  };
  air.devices.set(deviceId, device);
  showSightings(air);
  return {
    radio$: device.radio.asObservable(),
    sightings$: device.sightings.asObservable(),
    incoming$: device.incoming.asObservable(),
    announce: (presence) => {
      device.presence = presence;
      showSightings(air);
    },
    dial: (remoteId, { signal }) => dial(air, device, remoteId, signal),
    close: () => close(air, device),
  };
}

async function dial(air: Air, device: Device, remoteId: string, signal: AbortSignal): Promise<Link> {
  await untilReached(air, signal);
  const remote = air.devices.get(remoteId);
  const failure = whyNot(air, device, remote, signal);
  if (remote === undefined || failure !== undefined) {
    throw new DialError(failure ?? 'not-in-range', `cannot dial ${remoteId}: ${failure ?? 'no such device'}`);
  }
  const [here, there] = createMemoryLinks(air.around, device.deviceId, remoteId);
  keep(air, device, here);
  keep(air, remote, there);
  remote.incoming.next(there.link);
  return here.link;
}

/** A dial takes as long as one packet at its slowest, and never less than a turn. */
function untilReached(air: Air, signal: AbortSignal): Promise<void> {
  const { clock, turns } = air.around;
  const [, delayMs] = air.faults.delayMs;
  return new Promise((resolve) => {
    if (delayMs === 0) {
      turns.later(resolve);
      return;
    }
    const timer = clock.setTimeout(done, delayMs);
    signal.addEventListener('abort', done, { once: true });
    function done(): void {
      clock.clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}

function whyNot(air: Air, device: Device, remote: Device | undefined, signal: AbortSignal): DialFailure | undefined {
  if (signal.aborted) return 'aborted';
  if (device.isClosed) return 'closed';
  if (isRadioStarting(device)) return 'busy';
  if (!isRadioOn(device)) return 'radio-off';
  if (remote === undefined || !isInRange(air, device, remote)) return 'not-in-range';
  return isRadioOn(remote) ? undefined : 'peer-radio-off';
}

function keep(air: Air, device: Device, link: MemoryLink): void {
  device.links.add(link);
  link.link.ended$.subscribe(() => device.links.delete(link));
  link.setStalled(air.stalls.has(device.deviceId));
}

async function close(air: Air, device: Device): Promise<void> {
  if (device.isClosed) return;
  device.isClosed = true;
  air.devices.delete(device.deviceId);
  for (const link of device.links) link.link.close();
  device.radio.complete();
  device.sightings.complete();
  device.incoming.complete();
  showSightings(air);
  await new Promise<void>((resolve) => air.around.turns.later(resolve));
}
