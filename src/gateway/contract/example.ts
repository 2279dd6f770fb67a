/** Examples for people, made from the schemas: a test holds each against the check of its method. */
import type { Json, JsonSchema } from './json-schema.js';

/** Undefined for what is optional and has no telling value. */
export function exampleOf(schema: JsonSchema, name = ''): Json | undefined {
  const known = EXAMPLES[name];
  // Some names mean a record in one place and a plain value in another.
  if (known !== undefined && schema.properties === undefined) return known;
  const { properties, items, 'x-extensible-enum': open, enum: values = open, anyOf, type, minimum = 1 } = schema;
  if (values !== undefined) return values[0];
  if (anyOf?.[0] !== undefined) return exampleOf(anyOf[0], name);
  if (properties !== undefined) {
    const { required = [] } = schema;
    const shown = Object.entries(properties).filter(([key]) => required.includes(key) || key in EXAMPLES);
    return Object.fromEntries(shown.map(([key, value]) => [key, exampleOf(value, key) ?? null]));
  }
  if (items !== undefined) return [exampleOf(items) ?? null];
  if (type === 'integer' || type === 'number') return minimum;
  return PLAIN[type ?? ''];
}

const PLAIN: Readonly<Record<string, Json>> = { string: 'text', boolean: true, object: {}, array: [], null: null };

/** What a name stands for in every example of docs/gateway.md. */
const EXAMPLES: Readonly<Record<string, Json>> = {
  sessionId: 100,
  serviceName: 'collabTest',
  deviceId: 'phone',
  networkId: 'phone',
  deviceName: 'Phone',
  bundleName: 'com.example.demo',
  moduleName: 'entry',
  abilityName: 'EntryAbility',
  token: '31bc3cebde99032cf69395523aaf2de2',
  msg: 'Dinner is ready',
  data: 'SGVsbG8=',
  reason: 'busy',
  epoch: 'u9Yb0mYw3nE',
  offset: 7,
  since: 1_795_377_600_000,
};
