/** The hub itself as a device of Home Assistant: the links point at it with `via_device`. Source: ecosystem A3, A6. */
import { availabilityOf, hubIdentifier, withIds } from './discover-link.js';
import { type Component, type DeviceLabels, type DiscoveredDevice, labelsOf } from './discovery.js';
import { LOG_LEVELS } from './settings.js';
import { entityWords } from './slug.js';
import type { Topics } from './topics.js';

export interface HubToDiscover extends DeviceLabels {
  readonly hubId: string;
  readonly deviceId: string;
  readonly deviceName: string;
  readonly version: string;
  readonly topics: Topics;
}

export function discoverHub(wanted: HubToDiscover): DiscoveredDevice {
  const { hubId, deviceId, deviceName, version, topics } = wanted;
  const objectId = hubIdentifier(hubId);
  return {
    objectId,
    device: {
      identifiers: [objectId],
      name: `Tandem ${deviceName}`,
      manufacturer: 'Tandem',
      model: 'Hub',
      sw_version: version,
      serial_number: deviceId,
      ...labelsOf(wanted),
    },
    shared: { availability: availabilityOf(topics), availability_mode: 'all' },
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
      icon: 'mdi:bluetooth',
      state_topic: topics.bridge('info'),
      value_template: "{{ 'ON' if value_json.radio.state == 'poweredOn' else 'OFF' }}",
    },
    sessions: {
      platform: 'sensor',
      name: 'Connected sessions',
      state_class: 'measurement',
      icon: 'mdi:swap-horizontal',
      state_topic: topics.bridge('sessions'),
      value_template: "{{ value_json | selectattr('state', 'eq', 'connected') | list | count }}",
    },
    log_level: {
      platform: 'select',
      name: 'Log level',
      entity_category: 'config',
      icon: 'mdi:text-box-outline',
      options: [...LOG_LEVELS],
      state_topic: topics.bridge('info'),
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
