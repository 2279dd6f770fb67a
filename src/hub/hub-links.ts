/** The hub links: one for each service with each device that was seen, kept while the device may come back, and away where they are forgotten. */
import type { NearbyDevice } from '../broker/interface.js';
import type { AppName } from '../protocol/collaboration.js';
import { HUB_LINK_KEPT_MS, MAX_FORGOTTEN_LINKS, MAX_HUB_LINKS } from '../protocol/hub-limits.js';
import type { HubLink, LinkStart } from './hub-link.js';
import type { HubMemory, KnownLink } from './hub-memory.js';
import { knownOf, linkIdOf, startOf, startOfKnown } from './known-link.js';
import type { HubService } from './settings.js';

export type LinkMemory = Pick<HubMemory, 'links' | 'forgotten'>;

export interface HubLinksOptions {
  readonly services: readonly HubService[];
  create(start: LinkStart): HubLink;
  onAdded(link: HubLink): void;
  /** Away for too long, making room, or forgotten. Its session is gone. */
  onRemoved(link: HubLink): void;
  /** A device is not shown, because too many are. */
  onFull(): void;
  save(memory: LinkMemory): void;
}

export interface HubLinks {
  get(id: string): HubLink | undefined;
  find(deviceId: string, serviceName: string, app: AppName): HubLink | undefined;
  ofSession(sessionId: number): HubLink | undefined;
  list(): readonly HubLink[];
  /** What the radio hears now; nothing while it is off. */
  see(devices: readonly NearbyDevice[]): void;
  rename(link: HubLink, name: string | undefined): void;
  /** Takes a link away with its session: it stays away, whether its device is seen or not. */
  forget(link: HubLink): void;
  /** Shows a forgotten link again; undefined where there is none, or no room. */
  restore(id: string): HubLink | undefined;
  listForgotten(): readonly LinkStart[];
  /** Lets links go whose devices were away for too long. */
  dropOld(): void;
  save(): void;
  close(): void;
}

/** Starts with the links of earlier runs whose services are still wanted. */
export function openHubLinks(known: LinkMemory, options: HubLinksOptions): HubLinks {
  const { services } = options;
  const links = new Map<string, HubLink>();
  const forgotten = new Map(known.forgotten.slice(-MAX_FORGOTTEN_LINKS).map((link) => [idOf(link), link]));
  /** Devices that were looked at since a link went: an advertisement comes many times a second. */
  const met = new Set<string>();
  let present: ReadonlyMap<string, NearbyDevice> = new Map();

  function add(start: LinkStart): HubLink {
    const link = options.create(start);
    links.set(link.id, link);
    return link;
  }

  function remove(link: HubLink): void {
    links.delete(link.id);
    met.clear();
    link.session.close();
    options.onRemoved(link);
  }

  /** Whether one more fits, after the link whose device has been away for longest has made room. */
  function makeRoom(): boolean {
    if (links.size < MAX_HUB_LINKS) return true;
    const [oldest] = [...links.values()].filter(isAway).sort((left, right) => left.lastSeen - right.lastSeen);
    if (oldest !== undefined) remove(oldest);
    return oldest !== undefined;
  }

  /** Whether the device is new in any way. */
  function meet({ deviceId, deviceName }: NearbyDevice): boolean {
    if (met.has(deviceId)) return false;
    const missing = services
      .map((service) => startOf(service, deviceId, deviceName || deviceId))
      .filter(({ id }) => !links.has(id) && !forgotten.has(id));
    for (const start of missing) {
      if (!makeRoom()) {
        options.onFull();
        met.add(deviceId);
        return false;
      }
      options.onAdded(add(start));
    }
    met.add(deviceId);
    return missing.length > 0;
  }

  function save(): void {
    options.save({ links: [...links.values()].map(knownOf), forgotten: [...forgotten.values()] });
  }

  function dropOld(): void {
    const old = [...links.values()].filter((link) => isAway(link) && Date.now() - link.lastSeen > HUB_LINK_KEPT_MS);
    for (const link of old) remove(link);
    if (old.length > 0) save();
  }

  for (const start of startsOf(known.links, services)) if (!forgotten.has(start.id)) add(start);
  dropOld();

  return {
    get: (id) => links.get(id),
    find: (deviceId, serviceName, app) => links.get(linkIdOf(deviceId, serviceName, app)),
    ofSession: (sessionId) => [...links.values()].find(({ session }) => session.sessionId === sessionId),
    list: () => [...links.values()],
    see(devices) {
      const ours = devices.filter(({ isOurs }) => isOurs);
      present = new Map(ours.map((device) => [device.deviceId, device]));
      // Who left makes room for who came.
      show(links.values(), present);
      if (!ours.map(meet).includes(true)) return;
      show(links.values(), present);
      save();
    },
    rename(link, name) {
      link.rename(name);
      save();
    },
    forget(link) {
      forgotten.set(link.id, knownOf(link));
      const [first] = forgotten.keys();
      if (forgotten.size > MAX_FORGOTTEN_LINKS && first !== undefined) forgotten.delete(first);
      remove(link);
      save();
    },
    restore(id) {
      const link = forgotten.get(id);
      const start = link && startOfKnown(link, services);
      if (start === undefined || !makeRoom()) return undefined;
      forgotten.delete(id);
      const restored = add({ ...start, lastSeen: Date.now() });
      options.onAdded(restored);
      show(links.values(), present);
      save();
      return restored;
    },
    listForgotten: () => startsOf([...forgotten.values()], services),
    dropOld,
    save,
    close() {
      save();
      for (const link of links.values()) link.session.close();
    },
  };
}

function show(links: Iterable<HubLink>, present: ReadonlyMap<string, NearbyDevice>): void {
  for (const link of links) {
    const device = present.get(link.deviceId);
    link.see(device && { deviceName: device.deviceName, rssi: device.rssi });
  }
}

function startsOf(known: readonly KnownLink[], services: readonly HubService[]): LinkStart[] {
  const starts = known.slice(0, MAX_HUB_LINKS).flatMap((link) => startOfKnown(link, services) ?? []);
  return [...new Map(starts.map((start) => [start.id, start])).values()];
}

function idOf(link: KnownLink): string {
  return linkIdOf(link.deviceId, link.serviceName, link);
}

function isAway(link: HubLink): boolean {
  return !link.isPresent && link.session.sessionId === undefined;
}
