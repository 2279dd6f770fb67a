import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { discoverHub } from '../../src/hub/discover-hub.js';
import { discoverLink } from '../../src/hub/discover-link.js';
import { messagesOf } from '../../src/hub/discovery.js';
import type { DiscoveryMode } from '../../src/hub/settings.js';
import { createTopics } from '../../src/hub/topics.js';
import { ECHO } from './hub-stage.js';
import { checkMessages } from './rule-checker.js';
import type { Seen } from './seen.js';

const topics = createTopics('tandem', 'kitchen');
const LABELS = { area: 'Kitchen', pageUrl: 'http://kitchen.home:8420/' };
const HUB = {
  hubId: 'kitchen',
  deviceId: '0123456789abcdef',
  deviceName: 'Kitchen',
  version: '1.2.3',
  topics,
  ...LABELS,
};
const LINK = {
  hubId: 'kitchen',
  link: 'phone-doorbell-1a2b3c4d5e',
  name: 'Phone A · doorbell',
  deviceName: 'Phone A',
  service: ECHO,
  topics,
  ...LABELS,
};

/** What both publish, and the states they name. */
function published(mode: DiscoveryMode): Seen[] {
  const messages = [discoverHub(HUB), discoverLink(LINK)].flatMap((device) =>
    messagesOf(device, mode, 'homeassistant', '1.2.3'),
  );
  const states = [
    ...(['state', 'info', 'sessions'] as const).map(topics.bridge),
    ...(['state', 'availability', 'health', 'request'] as const).map((name) => topics.link(LINK.link, name)),
  ];
  return [...messages.map(({ topic, body }) => seen(topic, body)), ...states.map((topic) => seen(topic, {}))];
}

function seen(topic: string, body: unknown): Seen {
  const text = JSON.stringify(body);
  return { topic, text, payload: Buffer.from(text), isRetained: true, properties: undefined };
}

describe('discovery', () => {
  it.each(['device', 'component'] as const)('in mode %s is exactly as in the vectors', (mode) => {
    const vectors: unknown = JSON.parse(readFileSync(`test/hub/vectors/discovery-${mode}.json`, 'utf8'));
    const actual = published(mode).filter(({ topic }) => topic.endsWith('/config'));
    expect(Object.fromEntries(actual.map(({ topic, text }) => [topic, JSON.parse(text)]))).toEqual(vectors);
  });

  it.each(['device', 'component'] as const)('in mode %s keeps the rules of Home Assistant', (mode) => {
    checkMessages(published(mode));
  });

  it('is not sent at all where it is off', () => {
    expect(published('off').filter(({ topic }) => topic.endsWith('/config'))).toEqual([]);
  });
});

describe('the rule checker', () => {
  it.each([
    ['a dot in a topic', '"state_topic":"tandem/kitchen/', '"state_topic":"tandem.kitchen/'],
    ['an object_id in a payload', '"name":"Connected"', '"name":"Connected","object_id":"x"'],
    ['an entity id of another platform', '"binary_sensor.kitchen', '"sensor.kitchen'],
    ['an option that a platform does not know', '"name":"Message"', '"name":"Message","min":1'],
    ['an enum without options', '"device_class":"enum","icon"', '"device_class":"temperature","icon"'],
    ['no origin', '"origin":{"name":"tandem"', '"origin":{"sort":"tandem"'],
    ['a topic that nobody knows', '/set/connect"', '/set/launch"'],
    ['an availability that is not published', '/availability"', '/availability2"'],
    ['an entity without a quality of service', ',"qos":1', ''],
    [
      'a quality of service that components would share',
      '"availability_mode":"all","components"',
      '"availability_mode":"all","qos":1,"components"',
    ],
    ['an address of the page that no browser opens', '"configuration_url":"http:', '"configuration_url":"mqtt:'],
    ['a picture that is no icon', '"icon":"mdi:', '"icon":"'],
    [
      'attributes that change by themselves',
      '"json_attributes_topic":"tandem/kitchen/link/phone-doorbell-1a2b3c4d5e/state"',
      '"json_attributes_topic":"tandem/kitchen/link/phone-doorbell-1a2b3c4d5e/health"',
    ],
    ['two entities of one id', '_state","default_entity_id', '_connected","default_entity_id'],
  ])('finds %s', (_, right, wrong) => {
    const messages = published('device');
    const broken = messages.map((message) => ({ ...message, text: message.text.replace(right, wrong) }));
    expect(broken).not.toEqual(messages);
    expect(() => checkMessages(broken)).toThrow();
  });

  it('finds a retained event, a passing state, and an event of an undeclared type', () => {
    const event = seen('tandem/kitchen/link/a/event', { event_type: 'connect' });
    const state = seen('tandem/kitchen/link/a/state', {});
    expect(() => checkMessages([event])).toThrow(/not retained/);
    expect(() => checkMessages([{ ...state, isRetained: false }])).toThrow(/is retained/);
    const odd = seen('tandem/kitchen/link/a/event', { event_type: 'explode' });
    expect(() => checkMessages([{ ...odd, isRetained: false }])).toThrow(/declared/);
  });
});
