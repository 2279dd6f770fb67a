/** What a hub remembers between two runs. */
import type { AppName } from '../protocol/collaboration.js';
import { MAX_FORMER_PLACES } from '../protocol/hub-limits.js';

/** A hub link: what tells it from others, and what is shown of it. */
export interface KnownLink extends AppName {
  readonly deviceId: string;
  readonly deviceName: string;
  readonly serviceName: string;
  /** In milliseconds since 1970. */
  readonly lastSeen: number;
  /** That it was given; made of device and service where there is none. */
  readonly name?: string;
}

/** Where a hub publishes: slugs, and the prefix of discovery. */
export interface Place {
  readonly base: string;
  readonly hubId: string;
  readonly prefix: string;
}

export interface HubMemory {
  readonly links: readonly KnownLink[];
  /** Links that stay away until they are asked back, the one forgotten longest ago first. */
  readonly forgotten: readonly KnownLink[];
  /** Where this hub has published and may have left something. What others say of it is not asked. */
  readonly places: readonly Place[];
}

export const NOTHING_KNOWN: HubMemory = { links: [], forgotten: [], places: [] };

/** Where it is kept. */
export interface HubStorage {
  load(): Promise<HubMemory>;
  /** Replaces what was kept. */
  save(memory: HubMemory): void;
}

export interface Places {
  /** Those of earlier settings that were not cleared yet. */
  readonly former: readonly Place[];
  readonly all: readonly Place[];
  /** Nothing of ours is there any more. */
  forget(place: Place): void;
}

export function createPlaces(known: readonly Place[], current: Place): Places {
  let former = known.filter((place) => !isSamePlace(place, current)).slice(-MAX_FORMER_PLACES);
  return {
    get former() {
      return former;
    },
    get all() {
      return [...former, current];
    },
    forget(place) {
      former = former.filter((other) => other !== place);
    },
  };
}

function isSamePlace(some: Place, other: Place): boolean {
  return some.base === other.base && some.hubId === other.hubId && some.prefix === other.prefix;
}
