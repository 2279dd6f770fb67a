/** What a hub is told: where its MQTT broker is, what it is called there, and which apps it talks to. */
import type { AppName } from '../protocol/collaboration.js';

/** What becomes of a peer that asks for a session: it is accepted, waits for the button "accept", or is refused. */
export const REQUEST_POLICIES = ['accept', 'button', 'never'] as const;
export type RequestPolicy = (typeof REQUEST_POLICIES)[number];

/** One message for each device, or one for each entity for hubs that lack the former. */
export const DISCOVERY_MODES = ['device', 'component', 'off'] as const;
export type DiscoveryMode = (typeof DISCOVERY_MODES)[number];

/** How much of its log a hub publishes. */
export const LOG_LEVELS = ['off', 'warn', 'info'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** A peer app and the service for which the hub has a session with it, on every device that has one. */
export interface HubService extends AppName {
  readonly serviceName: string;
  readonly onRequest: RequestPolicy;
}

/** How to reach the MQTT broker. Certificates and keys are texts in PEM. */
export interface MqttServer {
  /** mqtt:, mqtts:, ws: or wss:. */
  readonly url: string;
  readonly version: '5' | '3.1.1';
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Authorities to trust instead of the system's. */
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

export interface HubSettings {
  readonly server: MqttServer;
  /** First level of every topic of ours: a slug. */
  readonly base: string;
  /** Second level: a slug. Of the device name if left out. */
  readonly hubId?: string | undefined;
  readonly discovery: {
    readonly mode: DiscoveryMode;
    readonly prefix: string;
    /** Where Home Assistant says that it is back. */
    readonly statusTopic: string;
  };
  /** The room that Home Assistant suggests for the hub and what it shows. */
  readonly area?: string | undefined;
  /** The app that the sessions of the hub belong to. */
  readonly app: AppName;
  readonly services: readonly HubService[];
}

/** The defaults of everything but the server. */
export const DEFAULT_BASE = 'tandem';
export const DEFAULT_DISCOVERY = {
  mode: 'device',
  prefix: 'homeassistant',
  statusTopic: 'homeassistant/status',
} as const satisfies HubSettings['discovery'];
export const HUB_APP: AppName = { bundleName: 'tandem.hub', moduleName: 'entry', abilityName: 'HubAbility' };
