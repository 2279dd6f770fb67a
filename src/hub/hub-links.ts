/** The hub links: one for each service with each device that was seen, kept while the device may come back. */
import type { NearbyDevice } from '../broker/interface.js';
import type { AppName } from '../protocol/collaboration.js';
import { HUB_LINK_KEPT_MS, MAX_HUB_LINKS } from '../protocol/hub-limits.js';
import type { HubLink } from './hub-link.js';
import type { HubService } from './settings.js';
import { linkSlugOf } from './slug.js';

/** What is kept of a link between two runs of the hub. */
export interface KnownLink extends AppName {
  readonly deviceId: string;
  readonly deviceName: string;
  readonly serviceName: string;
  /** In milliseconds since 1970. */
  readonly lastSeen: number;
}

/** Where links are kept. */
export interface LinkStorage {
  load(): Promise<readonly KnownLink[]>;
  /** Replaces what was kept. */
  save(links: readonly KnownLink[]): void;
}

/** What tells a device and service from others, and what is shown of it first. */
export interface LinkStart {
  readonly id: string;
  readonly deviceId: string;
  readonly deviceName: string;
  readonly lastSeen: number;
  readonly service: HubService;
}

export interface HubLinksOptions {
  readonly services: readonly HubService[];
  readonly storage: LinkStorage;
  create(start: LinkStart): HubLink;
  onAdded(link: HubLink): void;
  /** Away for too long, or making room. Its session is gone. */
  onRemoved(link: HubLink): void;
  /** A device is not shown, because too many are. */
  onFull(): void;
}

export interface HubLinks {
  get(id: string): HubLink | undefined;
  find(deviceId: string, serviceName: string, app: AppName): HubLink | undefined;
  ofSession(sessionId: number): HubLink | undefined;
  list(): readonly HubLink[];
  /** What the radio hears now; nothing while it is off. */
  see(devices: readonly NearbyDevice[]): void;
  /** Forgets links whose devices were away for too long. */
  forgetOld(): void;
  save(): void;
  close(): void;
}

/** Starts with the links of earlier runs whose services are still wanted. */
export function openHubLinks(known: readonly KnownLink[], options: HubLinksOptions): HubLinks {
  const { services, storage } = options;
  const links = new Map<string, HubLink>();
  const ofDevice = new Map<string, HubLink[]>();
  /** Devices that were looked at since a link went: an advertisement comes many times a second. */
  const met = new Set<string>();

  function add(start: LinkStart): HubLink {
    const link = options.create(start);
    links.set(link.id, link);
    ofDevice.set(link.deviceId, [...(ofDevice.get(link.deviceId) ?? []), link]);
    return link;
  }

  function remove(link: HubLink): void {
    links.delete(link.id);
    met.clear();
    const others = (ofDevice.get(link.deviceId) ?? []).filter((other) => other !== link);
    if (others.length === 0) ofDevice.delete(link.deviceId);
    else ofDevice.set(link.deviceId, others);
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
      .map((service) => startOf(service, deviceId, deviceName || deviceId, Date.now()))
      .filter(({ id }) => !links.has(id));
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
    storage.save([...links.values()].map(knownOf));
  }

  function forgetOld(): void {
    const old = [...links.values()].filter((link) => isAway(link) && Date.now() - link.lastSeen > HUB_LINK_KEPT_MS);
    for (const link of old) remove(link);
    if (old.length > 0) save();
  }

  for (const { deviceId, deviceName, lastSeen, ...wanted } of known.slice(0, MAX_HUB_LINKS)) {
    const service = services.find((candidate) => isSameService(candidate, wanted));
    if (service === undefined) continue;
    const start = startOf(service, deviceId, deviceName, lastSeen);
    if (!links.has(start.id)) add(start);
  }
  forgetOld();

  return {
    get: (id) => links.get(id),
    find: (deviceId, serviceName, app) => links.get(linkSlugOf(deviceId, serviceName, namesOf(app))),
    ofSession: (sessionId) => [...links.values()].find(({ session }) => session.sessionId === sessionId),
    list: () => [...links.values()],
    see(devices) {
      const ours = devices.filter(({ isOurs }) => isOurs);
      const present = new Map(ours.map((device) => [device.deviceId, device]));
      // Who left makes room for who came.
      show(ofDevice, present);
      if (!ours.map(meet).includes(true)) return;
      show(ofDevice, present);
      save();
    },
    forgetOld,
    save,
    close() {
      save();
      for (const link of links.values()) link.session.close();
    },
  };
}

function show(ofDevice: ReadonlyMap<string, readonly HubLink[]>, present: ReadonlyMap<string, NearbyDevice>): void {
  for (const [deviceId, its] of ofDevice) {
    const device = present.get(deviceId);
    for (const link of its) link.see(device && { deviceName: device.deviceName, rssi: device.rssi });
  }
}

function startOf(service: HubService, deviceId: string, deviceName: string, lastSeen: number): LinkStart {
  return { id: linkSlugOf(deviceId, service.serviceName, namesOf(service)), deviceId, deviceName, lastSeen, service };
}

function knownOf({ deviceId, deviceName, lastSeen, service }: HubLink): KnownLink {
  const { serviceName, bundleName, moduleName, abilityName } = service;
  return { deviceId, deviceName, lastSeen, serviceName, bundleName, moduleName, abilityName };
}

function isSameService(service: HubService, known: Pick<KnownLink, 'serviceName' | keyof AppName>): boolean {
  return service.serviceName === known.serviceName && namesOf(service).every((name, at) => name === namesOf(known)[at]);
}

function namesOf({ bundleName, moduleName, abilityName }: AppName): readonly string[] {
  return [bundleName, moduleName, abilityName];
}

function isAway(link: HubLink): boolean {
  return !link.isPresent && link.session.sessionId === undefined;
}
