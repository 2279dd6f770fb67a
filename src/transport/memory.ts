/** An air within one process: devices that see and dial each other, and whatever can go wrong between them. */
import type { RadioState } from '../protocol/codes.js';
import { type Clock, systemClock } from './clock.js';
import { createFates, type Faults, noFaults } from './faults.js';
import { type Air, pairOf, setRadio, showSightings } from './memory-device.js';
import type { MemoryLink } from './memory-link.js';
import { createMemoryTransport } from './memory-transport.js';
import type { Transport } from './transport.js';
import { createTurns } from './turns.js';

export interface MemoryAirOptions {
  /** False: links offer `handOver`, and brokers pass their frames by reference instead of sealing them. Default: true. */
  readonly sealed?: boolean;
  /** Default: MEMORY_PACKET_BYTES. */
  readonly packetBytes?: number;
  /** Repeats the same faults. Default: 1. */
  readonly seed?: number;
  readonly clock?: Clock;
  readonly faults?: Partial<Faults>;
}

/** The radio space of one process. Device ids of calls about two devices may come in any order. */
export interface MemoryAir {
  /** The radio of one device. Throws Error while the device has another transport that is not closed. */
  transport(deviceId: string): Transport;
  /** What is not named is as in `noFaults`. Holds from the next packet on. */
  setFaults(faults: Partial<Faults>): void;
  /** Ends every link between two devices with 'lost'. */
  cut(deviceId: string, otherId: string): void;
  /** Two devices out of range: packets vanish, and links end with 'lost' after SUPERVISION_TIMEOUT_MS. */
  partition(deviceId: string, otherId: string): void;
  /** Back in range; links that have not ended go on. */
  heal(deviceId: string, otherId: string): void;
  /** The device reads nothing, as a process that is busy: see MemoryLink.setStalled. For ever without `forMs`. */
  stall(deviceId: string, forMs?: number): void;
  unstall(deviceId: string): void;
  /** Any state but 'poweredOn' ends the device's links. Throws Error for a device without a transport. */
  setRadio(deviceId: string, state: RadioState): void;
}

/** Most records fit into a few packets of this size, in bytes: in process, cutting them up is all that a small packet would add. */
export const MEMORY_PACKET_BYTES = 16_384;
/** How long a link lives without the other device, in milliseconds. Source: noble's default supervision timeout. */
export const SUPERVISION_TIMEOUT_MS = 420;

export function createMemoryAir(options: MemoryAirOptions = {}): MemoryAir {
  const air = createAir(options);
  return {
    transport: (deviceId) => createMemoryTransport(air, deviceId),
    setFaults: (faults) => {
      air.faults = withDefaults(faults);
    },
    cut: (deviceId, otherId) => endLinks(air, deviceId, otherId),
    partition: (deviceId, otherId) => partition(air, deviceId, otherId),
    heal: (deviceId, otherId) => heal(air, deviceId, otherId),
    stall: (deviceId, forMs) => stall(air, deviceId, forMs),
    unstall: (deviceId) => unstall(air, deviceId),
    setRadio: (deviceId, state) => setRadio(air, deviceId, state),
  };
}

function createAir(options: MemoryAirOptions): Air {
  const { sealed = true, packetBytes = MEMORY_PACKET_BYTES, seed = 1, clock = systemClock, faults = {} } = options;
  const fates = createFates(seed);
  const air: Air = {
    devices: new Map(),
    partitions: new Map(),
    stalls: new Map(),
    around: {
      clock,
      turns: createTurns(),
      packetBytes,
      isSealed: sealed,
      faults: () => air.faults,
      fate: () => fates(air.faults),
    },
    faults: withDefaults(faults),
    isLooking: false,
  };
  return air;
}

/** `noFaults` itself when nothing is to go wrong: faults.ts takes the short way then. */
function withDefaults(faults: Partial<Faults>): Faults {
  return Object.keys(faults).length === 0 ? noFaults : { ...noFaults, ...faults };
}

function endLinks(air: Air, deviceId: string, otherId: string): void {
  for (const link of linksBetween(air, deviceId, otherId)) {
    link.end('lost');
    link.far.end('lost');
  }
}

/** One end of each; an end outlives the other one only while a partition keeps it from hearing of that. */
function linksBetween(air: Air, deviceId: string, otherId: string): MemoryLink[] {
  const links = [...(air.devices.get(deviceId)?.links ?? []), ...(air.devices.get(otherId)?.links ?? [])];
  return links.filter((link) => pairOf(link.deviceId, link.far.deviceId) === pairOf(deviceId, otherId));
}

function partition(air: Air, deviceId: string, otherId: string): void {
  const pair = pairOf(deviceId, otherId);
  if (air.partitions.has(pair)) return;
  const timer = air.around.clock.setTimeout(() => endLinks(air, deviceId, otherId), SUPERVISION_TIMEOUT_MS);
  air.partitions.set(pair, timer);
  for (const link of linksBetween(air, deviceId, otherId)) link.setPartitioned(true);
  showSightings(air);
}

function heal(air: Air, deviceId: string, otherId: string): void {
  const pair = pairOf(deviceId, otherId);
  air.around.clock.clearTimeout(air.partitions.get(pair));
  air.partitions.delete(pair);
  for (const link of linksBetween(air, deviceId, otherId)) link.setPartitioned(false);
  showSightings(air);
}

function stall(air: Air, deviceId: string, forMs: number | undefined): void {
  const { clock } = air.around;
  clock.clearTimeout(air.stalls.get(deviceId));
  air.stalls.set(deviceId, forMs === undefined ? undefined : clock.setTimeout(() => unstall(air, deviceId), forMs));
  setStalled(air, deviceId, true);
}

function unstall(air: Air, deviceId: string): void {
  air.around.clock.clearTimeout(air.stalls.get(deviceId));
  air.stalls.delete(deviceId);
  setStalled(air, deviceId, false);
}

function setStalled(air: Air, deviceId: string, isStalled: boolean): void {
  for (const link of air.devices.get(deviceId)?.links ?? []) link.setStalled(isStalled);
}
