/** Home Assistant's rules that bite, as a check of everything a hub published. Source: ecosystem A2, A4. */
import Type, { type TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/schema';
import type { Seen } from './seen.js';

const strict = { additionalProperties: false };
const Text = Type.String({ minLength: 1 });
const Optional = Type.Optional(Text);
/** No wildcard, dot or space in any level. */
const Topic = Type.String({ pattern: '^[a-zA-Z0-9_-]{1,64}(/[a-zA-Z0-9_-]{1,64})+$' });
const Availability = Type.Array(Type.Object({ topic: Topic }, strict), { minItems: 1 });
const shared = {
  availability: Type.Optional(Availability),
  availability_mode: Type.Optional(Type.Enum(['all', 'any', 'latest'])),
};
/** Home Assistant takes no other kind of address. */
const Address = Type.String({ pattern: '^https?://[^ ]+$' });
/** In each component: from 2024.12 to 2026.5 one that is shared counted for none of them. */
const qos = Type.Literal(1);
const Device = Type.Object(
  {
    identifiers: Type.Array(Type.String({ pattern: '^[a-zA-Z0-9_-]+$' }), { minItems: 1 }),
    name: Text,
    manufacturer: Optional,
    model: Optional,
    sw_version: Optional,
    serial_number: Optional,
    via_device: Optional,
    suggested_area: Optional,
    configuration_url: Type.Optional(Address),
  },
  strict,
);
const Origin = Type.Object({ name: Text, sw_version: Text, support_url: Address }, strict);
const entity = {
  unique_id: Type.String({ pattern: '^[a-zA-Z0-9_-]+$' }),
  default_entity_id: Type.String({ pattern: '^[a-z_]+\\.[a-z0-9_]+$' }),
  name: Text,
  qos,
  icon: Type.Optional(Type.String({ pattern: '^mdi:[a-z-]+$' })),
  entity_category: Type.Optional(Type.Enum(['config', 'diagnostic'])),
  enabled_by_default: Type.Optional(Type.Boolean()),
  availability: shared.availability,
  availability_mode: shared.availability_mode,
};
/** A state stops at 255 characters. */
const options = Type.Array(Type.String({ minLength: 1, maxLength: 255 }), { minItems: 1, uniqueItems: true });

/** What each platform takes; an option that it does not know keeps Home Assistant from adding it. */
const OPTIONS: Readonly<Record<string, Readonly<Record<string, TSchema>>>> = {
  binary_sensor: { ...entity, device_class: Optional, state_topic: Topic, value_template: Text },
  sensor: {
    ...entity,
    device_class: Optional,
    state_topic: Topic,
    value_template: Text,
    // Each attribute that changes is a change of state: a link's health changes by itself.
    json_attributes_topic: Type.Optional(Type.String({ pattern: '/state$' })),
    options: Type.Optional(options),
    unit_of_measurement: Optional,
    state_class: Type.Optional(Type.Enum(['measurement', 'total', 'total_increasing'])),
  },
  event: { ...entity, state_topic: Topic, event_types: options, json_attributes_topic: Topic },
  text: { ...entity, command_topic: Topic },
  notify: { ...entity, command_topic: Topic },
  button: { ...entity, device_class: Optional, command_topic: Topic },
  select: {
    ...entity,
    options,
    state_topic: Topic,
    value_template: Text,
    command_topic: Topic,
    command_template: Text,
  },
  device_automation: {
    automation_type: Type.Enum(['trigger']),
    type: Text,
    subtype: Text,
    topic: Topic,
    payload: Text,
    value_template: Text,
    qos,
  },
};

const PLATFORMS = new Map(
  Object.entries(OPTIONS).map(([platform, properties]) => [platform, Type.Object({ ...properties }, strict)]),
);
const Shared = Type.Object(shared, strict);

const OBJECT_ID = '[a-zA-Z0-9_-]+';
const DISCOVERY = new RegExp(`^homeassistant/(?:device/${OBJECT_ID}|[a-z_]+/${OBJECT_ID}/${OBJECT_ID})/config$`);
const RETAINED =
  /^[^/]+\/[^/]+\/(?:bridge\/(?:state|info|sessions|health)|link\/[^/]+\/(?:availability|state|health|request))$/;
const PASSING = /^[^/]+\/[^/]+\/(?:bridge\/(?:event|logging|response\/[a-z_/]+)|link\/[^/]+\/(?:event|data))$/;
const COMMAND =
  /^[^/]+\/[^/]+\/(?:bridge\/request\/[a-z_/]+|link\/[^/]+\/set\/(?:connect|disconnect|accept|reject|message|data))$/;

type Body = Readonly<Record<string, unknown>>;

/** Throws Error with the first rule that is broken. Topics that are neither a hub's nor discovery are other people's. */
export function checkMessages(messages: readonly Seen[]): void {
  const ids = new Map<string, string>();
  const topics = new Set(messages.map(({ topic }) => topic));
  for (const message of messages) {
    if (RETAINED.test(message.topic)) expectThat(message.isRetained, message, 'state is retained');
    else if (PASSING.test(message.topic)) checkPassing(message);
    else if (DISCOVERY.test(message.topic) && message.text !== '') checkDiscovery(message, topics, ids);
  }
}

function checkPassing(message: Seen): void {
  expectThat(!message.isRetained, message, 'events and answers are not retained');
  if (!message.topic.endsWith('/event') || message.topic.includes('/bridge/')) return;
  const { event_type: type } = bodyOf(message);
  expectThat(typeof type === 'string' && EVENTS.includes(type), message, 'an event has one of the declared types');
}

const EVENTS = ['connect', 'disconnect', 'reject', 'request', 'message', 'data', 'error'];

function checkDiscovery(message: Seen, all: ReadonlySet<string>, ids: Map<string, string>): void {
  const { origin, device, components, ...rest } = bodyOf(message);
  expectThat(message.isRetained, message, 'discovery is retained');
  expectShape(Device, device, message);
  expectShape(Origin, origin, message);
  const parts = message.topic.split('/');
  const isWhole = parts[1] === 'device';
  if (isWhole) expectShape(Shared, rest, message);
  const found: [string, Body][] = isWhole
    ? Object.entries(components as Readonly<Record<string, Body>>) // each is looked at below
    : [[parts[3] ?? '', { ...withoutShared(parts[1] ?? '', rest), platform: parts[1] }]];
  expectThat(found.length > 0, message, 'a device has components');
  for (const [key, component] of found) checkComponent(message, key, component, ids);
  for (const topic of topicsIn(bodyOf(message))) checkTopic(message, topic, all);
}

/** Of a single component's message only what the platform itself takes. */
function withoutShared(platform: string, rest: Body): Body {
  const taken = Object.keys(OPTIONS[platform] ?? {});
  return Object.fromEntries(Object.entries(rest).filter(([name]) => taken.includes(name) || !(name in shared)));
}

function checkComponent(message: Seen, key: string, { platform, ...component }: Body, ids: Map<string, string>): void {
  expectThat(/^[a-zA-Z0-9_-]+$/.test(key), message, 'a component has a key of plain characters');
  // Nothing but the platform takes a component away.
  if (Object.keys(component).length === 0) return;
  const schema = PLATFORMS.get(String(platform));
  if (schema === undefined) throw new Error(`${message.topic}: ${key} has no platform that we know`);
  expectShape(schema, component, message);
  const { unique_id: id, default_entity_id: entityId, device_class: deviceClass } = component;
  if (platform === 'device_automation') return;
  expectThat(String(entityId).startsWith(`${platform}.`), message, `${key} has an entity id of its platform`);
  const isEnum = deviceClass === 'enum';
  expectThat(isEnum === 'options' in component || platform === 'select', message, `${key}: options go with enum`);
  const place = `${message.topic} ${key}`;
  const owner = ids.get(String(id)) ?? place;
  expectThat(owner === place, message, `the unique id ${id} is also that of ${owner}`);
  ids.set(String(id), place);
}

/** Every topic that is named is one that the hub publishes or listens to. */
function checkTopic(message: Seen, topic: string, all: ReadonlySet<string>): void {
  const isKept = RETAINED.test(topic) && all.has(topic);
  expectThat(isKept || PASSING.test(topic) || COMMAND.test(topic), message, `nobody knows the topic ${topic}`);
}

function topicsIn(value: unknown, name = ''): readonly string[] {
  if (typeof value === 'string') return /(^|_)topic$/.test(name) ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => topicsIn(inner, key));
}

function bodyOf({ topic, text }: Seen): Body {
  const body: unknown = JSON.parse(text);
  if (typeof body !== 'object' || body === null) throw new Error(`${topic}: not an object: ${text}`);
  return body as Body; // every member is looked at before it is used
}

const validators = new Map<TSchema, Validator>();

function expectShape(schema: TSchema, value: unknown, { topic }: Seen): void {
  const validator = validators.get(schema) ?? Compile(schema);
  validators.set(schema, validator);
  if (!validator.Check(value)) throw new Error(`${topic}: ${JSON.stringify([value, validator.Errors(value)])}`);
}

function expectThat(isTrue: boolean, { topic, text }: Seen, rule: string): void {
  if (!isTrue) throw new Error(`${topic}: ${rule}: ${text.slice(0, 500)}`);
}
