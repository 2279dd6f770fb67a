/** The hub itself as a device of Home Assistant: the links point at it with `via_device`. Source: ecosystem A3, A6. */
import { availabilityOf, hubIdentifier, withIds } from './discover-link.js';
import type { Component, DiscoveredDevice } from './discovery.js';
import { LOG_LEVELS } from './settings.js';
import { entityWords } from './slug.js';
import type { Topics } from './topics.js';

export interface HubToDiscover {
  readonly hubId: string;
  readonly deviceId: string;
  readonly deviceName: string;
  readonly version: string;
  readonly topics: Topics;
}

export function discoverHub({ hubId, deviceId, deviceName, version, topics }: HubToDiscover): DiscoveredDevice {
  const objectId = hubIdentifier(hubId);
  return {
    objectId,
    device: {
      identifiers: [objectId],
      name: `Tandem ${deviceName}`,
      manufacturer: 'Tandem',
      model: 'Hub',
      sw_version: version,
      // By which a hub that got another id knows what it left under the former.
      serial_number: deviceId,
    },
    shared: {
      availability: availabilityOf(topics),
      availability_mode: 'all',
      state_topic: topics.bridge('info'),
      qos: 1,
    },
    components: withIds(objectId, entityWords(hubId, 'hub'), componentsOf(topics)),
  };
}

function componentsOf(topics: Topics): Record<string, Component> {
  return {
    radio: {
      platform: 'binary_sensor',
      name: 'Radio',
      device_class: 'connectivity',
      entity_category: 'diagnostic',
      value_template: "{{ 'ON' if value_json.radio.state == 'poweredOn' else 'OFF' }}",
    },
    sessions: {
      platform: 'sensor',
      name: 'Sessions',
      state_class: 'measurement',
      state_topic: topics.bridge('sessions'),
      value_template: '{{ value_json | count }}',
    },
    log_level: {
      platform: 'select',
      name: 'Log level',
      entity_category: 'config',
      options: [...LOG_LEVELS],
      value_template: '{{ value_json.logging }}',
      command_topic: topics.request('options'),
      command_template: '{"logging":"{{ value }}"}',
    },
    restart: {
      platform: 'button',
      name: 'Restart',
      device_class: 'restart',
      entity_category: 'config',
      command_topic: topics.request('restart'),
    },
  };
}
