/** A hub link as a device of Home Assistant. Source: ecosystem A3. */
import { ConnectErrorCode, DisconnectReason } from '../protocol/codes.js';
import { type Component, type DiscoveredDevice, TRIGGER } from './discovery.js';
import { LINK_STATES, NO_REASON } from './link-state.js';
import type { HubService } from './settings.js';
import { entityWords, shortHash } from './slug.js';
import type { LinkTopic, SetVerb, Topics } from './topics.js';

export interface LinkToDiscover {
  readonly hubId: string;
  readonly link: string;
  readonly deviceName: string;
  readonly service: HubService;
  readonly topics: Topics;
}

/** What an event can be, and the trigger that stands for it. `request`: a peer app asks, and the button "accept" decides. */
export const EVENT_TYPES = ['connect', 'disconnect', 'reject', 'request', 'message', 'data', 'error'] as const;
export type EventType = (typeof EVENT_TYPES)[number];

const TRIGGERS = { connect: 'connected', disconnect: 'disconnected', reject: 'rejected', message: 'message' } as const;

export function hubIdentifier(hubId: string): string {
  return `tandem_${hubId}`;
}

export function discoverLink(wanted: LinkToDiscover): DiscoveredDevice {
  const { hubId, link, deviceName, service, topics } = wanted;
  const objectId = `${hubIdentifier(hubId)}_${link}`;
  return {
    objectId,
    device: {
      identifiers: [objectId],
      name: `${deviceName} · ${service.serviceName}`,
      manufacturer: 'Tandem',
      model: `${service.bundleName}/${service.moduleName}/${service.abilityName}`,
      via_device: hubIdentifier(hubId),
    },
    shared: {
      availability: availabilityOf(topics, [topics.link(link, 'availability')]),
      availability_mode: 'all',
      state_topic: topics.link(link, 'state'),
      qos: 1,
    },
    components: withIds(objectId, entityWords(hubId, deviceName, shortHash(link)), {
      ...states(wanted),
      ...commands(wanted),
      ...triggers(wanted),
    }),
  };
}

/** The hub's own, and whatever else has to be online. */
export function availabilityOf(topics: Topics, others: readonly string[] = []): readonly { readonly topic: string }[] {
  return [topics.bridge('state'), ...others].map((topic) => ({ topic }));
}

/** Gives entities what makes them the same ones on every start; triggers have no ids. */
export function withIds(
  objectId: string,
  words: string,
  components: Readonly<Record<string, Component>>,
): Readonly<Record<string, Component>> {
  return Object.fromEntries(
    Object.entries(components).map(([key, component]) => {
      const ids = { unique_id: `${objectId}_${key}`, default_entity_id: `${component.platform}.${words}_${key}` };
      return [key, component.platform === TRIGGER ? component : { ...component, ...ids }];
    }),
  );
}

function states({ link, topics }: LinkToDiscover): Record<string, Component> {
  const topic = (name: LinkTopic): string => topics.link(link, name);
  const reasons = [NO_REASON, ...Object.keys(DisconnectReason), ...Object.keys(ConnectErrorCode)];
  return {
    connected: {
      platform: 'binary_sensor',
      name: 'Connected',
      device_class: 'connectivity',
      value_template: "{{ 'ON' if value_json.connected else 'OFF' }}",
    },
    state: {
      platform: 'sensor',
      name: 'State',
      device_class: 'enum',
      options: [...LINK_STATES],
      value_template: '{{ value_json.state }}',
      json_attributes_topic: topic('state'),
    },
    event: { platform: 'event', name: 'Event', event_types: [...EVENT_TYPES], state_topic: topic('event') },
    last_reason: {
      platform: 'sensor',
      name: 'Last reason',
      device_class: 'enum',
      options: reasons,
      entity_category: 'diagnostic',
      value_template: '{{ value_json.reason }}',
    },
    rssi: {
      platform: 'sensor',
      name: 'Signal strength',
      device_class: 'signal_strength',
      unit_of_measurement: 'dBm',
      state_class: 'measurement',
      entity_category: 'diagnostic',
      enabled_by_default: false,
      value_template: '{{ value_json.rssi }}',
    },
  };
}

function commands(wanted: LinkToDiscover): Record<string, Component> {
  const { link, topics, service } = wanted;
  const button = (name: string, verb: SetVerb): Component => ({
    platform: 'button',
    name,
    command_topic: topics.set(link, verb),
  });
  // Only while a peer waits for the answer.
  const ifAsked = {
    availability: availabilityOf(topics, [topics.link(link, 'availability'), topics.link(link, 'request')]),
    availability_mode: 'all',
  };
  return {
    message: { platform: 'notify', name: 'Message', command_topic: topics.set(link, 'message') },
    connect: button('Connect', 'connect'),
    disconnect: button('Disconnect', 'disconnect'),
    ...(service.onRequest === 'button' && {
      accept: { ...button('Accept', 'accept'), ...ifAsked },
      reject: { ...button('Reject', 'reject'), ...ifAsked },
    }),
  };
}

function triggers({ link, topics }: LinkToDiscover): Record<string, Component> {
  return Object.fromEntries(
    Object.entries(TRIGGERS).map(([eventType, type]) => [
      `t_${type}`,
      {
        platform: TRIGGER,
        automation_type: 'trigger',
        type,
        subtype: 'peer',
        topic: topics.link(link, 'event'),
        value_template: '{{ value_json.event_type }}',
        payload: eventType,
        qos: 1,
      },
    ]),
  );
}
