/** What a hub link is made of, and made into, between two runs. */
import type { AppName } from '../protocol/collaboration.js';
import type { HubLink, LinkStart } from './hub-link.js';
import type { KnownLink } from './hub-memory.js';
import type { HubService } from './settings.js';
import { linkSlugOf } from './slug.js';

/** The slug of a link. */
export function linkIdOf(deviceId: string, serviceName: string, app: AppName): string {
  return linkSlugOf(deviceId, serviceName, namesOf(app));
}

export function startOf(service: HubService, deviceId: string, deviceName: string): LinkStart {
  const id = linkIdOf(deviceId, service.serviceName, service);
  return { id, deviceId, deviceName, lastSeen: Date.now(), service };
}

/** Undefined: its service is no longer among those that the hub talks to. */
export function startOfKnown(known: KnownLink, services: readonly HubService[]): LinkStart | undefined {
  const { deviceId, deviceName, name, lastSeen } = known;
  const service = services.find((candidate) => isSameService(candidate, known));
  return service && { ...startOf(service, deviceId, deviceName), name, lastSeen };
}

export function knownOf({ deviceId, deviceName, givenName, lastSeen, service }: HubLink): KnownLink {
  const { serviceName, bundleName, moduleName, abilityName } = service;
  const known = { deviceId, deviceName, lastSeen, serviceName, bundleName, moduleName, abilityName };
  return givenName === undefined ? known : { ...known, name: givenName };
}

function isSameService(service: HubService, known: KnownLink): boolean {
  return service.serviceName === known.serviceName && namesOf(service).every((name, at) => name === namesOf(known)[at]);
}

function namesOf({ bundleName, moduleName, abilityName }: AppName): readonly string[] {
  return [bundleName, moduleName, abilityName];
}
