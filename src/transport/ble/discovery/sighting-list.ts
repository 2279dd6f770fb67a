/** The list of sightings, and when it has changed enough to be told again: observers are not woken by every advertisement. */
import { BehaviorSubject, type Observable } from 'rxjs';
import type { Sighting } from '../../transport.js';

export interface SightingList {
  readonly sightings$: Observable<readonly Sighting[]>;
  /** Whether this one tells observers something that they should know. */
  isNews(sighting: Sighting, nowMs: number): boolean;
  /** Tells the list if a device has come, gone or changed enough. */
  update(sightings: readonly Sighting[], nowMs: number): void;
  close(): void;
}

/** Smaller changes of the smoothed signal are noise. */
const RSSI_STEP_DB = 3;
/** How often a device may be told again for its signal. */
const RSSI_PAUSE_MS = 1_000;
/** How old a told `lastSeenMs` may grow while the device is heard. */
const LAST_SEEN_STEP_MS = 5_000;

export function createSightingList(): SightingList {
  const list = new BehaviorSubject<readonly Sighting[]>([]);
  const told = new Map<string, Told>();

  function isNews(sighting: Sighting, nowMs: number): boolean {
    const before = told.get(keyOf(sighting));
    if (before === undefined) return true;
    const { deviceName, wantsLink, rssi = 0, lastSeenMs = 0 } = before.sighting;
    return (
      sighting.deviceName !== deviceName ||
      sighting.wantsLink !== wantsLink ||
      (sighting.lastSeenMs ?? 0) - lastSeenMs >= LAST_SEEN_STEP_MS ||
      (Math.abs((sighting.rssi ?? 0) - rssi) >= RSSI_STEP_DB && nowMs - before.toldMs >= RSSI_PAUSE_MS)
    );
  }

  function update(sightings: readonly Sighting[], nowMs: number): void {
    const isSameSize = sightings.length === told.size;
    if (isSameSize && !sightings.some((sighting) => isNews(sighting, nowMs))) return;
    told.clear();
    for (const sighting of sightings) told.set(keyOf(sighting), { sighting, toldMs: nowMs });
    list.next(sightings);
  }

  return { sightings$: list.asObservable(), isNews, update, close: () => list.complete() };
}

interface Told {
  readonly sighting: Sighting;
  readonly toldMs: number;
}

/** A stranger may be called like a device of ours. */
function keyOf({ accountTag, deviceId }: Sighting): string {
  return `${accountTag === '' ? 'stranger' : 'ours'} ${deviceId}`;
}
