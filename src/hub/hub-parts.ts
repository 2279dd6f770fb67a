/** What a hub is given, and what it is made of. */
import type { App, Broker } from '../broker/interface.js';
import type { Bridge } from './bridge.js';
import type { Connection } from './connection.js';
import type { DeviceLabels } from './discovery.js';
import type { HubLinks } from './hub-links.js';
import type { HubStorage, Places } from './hub-memory.js';
import type { Presenter } from './presenter.js';
import type { Reception } from './reception.js';
import type { Registry } from './registry.js';
import type { HubSettings } from './settings.js';
import type { HubTimers } from './timers.js';
import type { Topics } from './topics.js';

export interface HubOptions {
  readonly broker: Broker;
  readonly settings: HubSettings;
  /** Tandem's. */
  readonly version: string;
  readonly storage: HubStorage;
  readonly timers?: HubTimers;
  /** From 0 to below 1. */
  readonly random?: () => number;
  /** Lines for whoever runs the service. */
  log(line: string): void;
}

/** Everything a hub is made of. */
export interface Parts {
  readonly hubId: string;
  readonly topics: Topics;
  readonly timers: HubTimers;
  readonly app: App;
  readonly connection: Connection;
  readonly registry: Registry;
  readonly presenter: Presenter;
  readonly links: HubLinks;
  readonly places: Places;
  readonly bridge: Bridge;
  readonly reception: Reception;
  readonly labels: { -readonly [Name in keyof DeviceLabels]: DeviceLabels[Name] };
}
