/** A hub link as a device of Home Assistant. Source: ecosystem A3. */
import { ConnectErrorCode, DisconnectReason } from '../protocol/codes.js';
import { type Component, type DeviceLabels, type DiscoveredDevice, labelsOf, TRIGGER } from './discovery.js';
import { LINK_STATES, NO_REASON } from './link-state.js';
import type { HubService } from './settings.js';
import { entityWords, shortHash } from './slug.js';
import type { LinkTopic, SetVerb, Topics } from './topics.js';

export interface LinkToDiscover extends DeviceLabels {
  readonly hubId: string;
  readonly link: string;
  readonly name: string;
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

/** Of a hub link's device: also the beginning of its entities' ids. */
export function linkIdentifier(hubId: string, link: string): string {
  return `${hubIdentifier(hubId)}_${link}`;
}

export function discoverLink(wanted: LinkToDiscover): DiscoveredDevice {
  const { hubId, link, name, deviceName, service, topics } = wanted;
  const objectId = linkIdentifier(hubId, link);
  return {
    objectId,
    device: {
      identifiers: [objectId],
      name,
      manufacturer: 'Tandem',
      model: `${service.bundleName}/${service.moduleName}/${service.abilityName}`,
      via_device: hubIdentifier(hubId),
      ...labelsOf(wanted),
    },
    shared: { availability: availabilityOf(topics, [topics.link(link, 'availability')]), availability_mode: 'all' },
    components: withIds(objectId, entityWords(hubId, deviceName, shortHash(link)), {
      ...states(wanted),
      ...diagnostics(wanted),
      ...commands(wanted),
      ...triggers(wanted),
    }),
  };
}

/** The hub's own, and whatever else has to be online. */
export function availabilityOf(topics: Topics, others: readonly string[] = []): readonly { readonly topic: string }[] {
  return [topics.bridge('state'), ...others].map((topic) => ({ topic }));
}

/**
 * Gives entities what makes them the same ones on every start; triggers have no ids. `qos` stands in each of them: Home Assistant 2024.12 to
 * 2026.5 did not pass on one that is shared (its issue 170166).
 */
export function withIds(
  objectId: string,
  words: string,
  components: Readonly<Record<string, Component>>,
): Readonly<Record<string, Component>> {
  return Object.fromEntries(
    Object.entries(components).map(([key, component]) => {
      const ids = { unique_id: `${objectId}_${key}`, default_entity_id: `${component.platform}.${words}_${key}` };
      return [key, { ...component, ...(component.platform !== TRIGGER && ids), qos: 1 }];
    }),
  );
}

function states({ link, topics }: LinkToDiscover): Record<string, Component> {
  const topic = (name: LinkTopic): string => topics.link(link, name);
  return {
    connected: {
      platform: 'binary_sensor',
      name: 'Connected',
      device_class: 'connectivity',
      state_topic: topic('state'),
      value_template: "{{ 'ON' if value_json.connected else 'OFF' }}",
    },
    state: {
      platform: 'sensor',
      name: 'State',
      device_class: 'enum',
      icon: 'mdi:state-machine',
      options: [...LINK_STATES],
      state_topic: topic('state'),
      value_template: '{{ value_json.state }}',
      // Each attribute that changes is a change of state, and a row of the recorder: nothing that changes by itself is in there.
      json_attributes_topic: topic('state'),
    },
    event: {
      platform: 'event',
      name: 'Event',
      icon: 'mdi:message-badge-outline',
      event_types: [...EVENT_TYPES],
      state_topic: topic('event'),
      // Home Assistant has the attributes from the event itself, and writes both at once; openHAB shows the text by this alone.
      json_attributes_topic: topic('event'),
    },
  };
}

function diagnostics({ link, topics }: LinkToDiscover): Record<string, Component> {
  return {
    last_reason: {
      platform: 'sensor',
      name: 'Last reason',
      device_class: 'enum',
      icon: 'mdi:comment-question-outline',
      options: [NO_REASON, ...Object.keys(DisconnectReason), ...Object.keys(ConnectErrorCode)],
      entity_category: 'diagnostic',
      state_topic: topics.link(link, 'state'),
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
      state_topic: topics.link(link, 'health'),
      value_template: '{{ value_json.rssi }}',
    },
  };
}

function commands(wanted: LinkToDiscover): Record<string, Component> {
  const { link, topics, service } = wanted;
  const button = (name: string, icon: string, verb: SetVerb): Component => ({
    platform: 'button',
    name,
    icon,
    command_topic: topics.set(link, verb),
  });
  // Only while a peer waits for the answer.
  const ifAsked = {
    availability: availabilityOf(topics, [topics.link(link, 'availability'), topics.link(link, 'request')]),
    availability_mode: 'all',
  };
  return {
    message: {
      platform: 'notify',
      name: 'Message',
      icon: 'mdi:message-text-outline',
      command_topic: topics.set(link, 'message'),
    },
    // The same for openHAB, which has no notify and enables everything. A text of Home Assistant stops at 255 characters.
    text: {
      platform: 'text',
      name: 'Text',
      icon: 'mdi:form-textbox',
      enabled_by_default: false,
      command_topic: topics.set(link, 'message'),
    },
    connect: button('Connect', 'mdi:link-variant', 'connect'),
    disconnect: button('Disconnect', 'mdi:link-variant-off', 'disconnect'),
    ...(service.onRequest === 'button' && {
      accept: { ...button('Accept', 'mdi:check', 'accept'), ...ifAsked },
      reject: { ...button('Reject', 'mdi:close', 'reject'), ...ifAsked },
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
      },
    ]),
  );
}
