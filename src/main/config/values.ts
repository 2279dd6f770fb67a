/** Trees of settings: reading and setting a value by its path, leaving out what is empty, filling in defaults. */
import { isSection, type Schema } from './settings.js';

/** Names with values. */
export type Tree = Readonly<Record<string, unknown>>;

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a path, or undefined. */
export function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (above, key) => (isTree(above) && Object.hasOwn(above, key) ? above[key] : undefined),
    value,
  );
}

/** A copy with another value at a path. Where something else than a section is in the way, nothing changes: it is reported as it is. */
export function withValue(tree: Tree, [key, ...below]: readonly string[], value: unknown): Tree {
  if (key === undefined) return tree;
  if (below.length === 0) return { ...tree, [key]: value };
  const inner = tree[key] ?? {};
  return isTree(inner) ? { ...tree, [key]: withValue(inner, below, value) } : tree;
}

/** A copy without settings and sections that have a name and nothing behind it, such as one whose lines are all comments. */
export function withoutEmpty(schema: Schema, value: unknown): unknown {
  if (!isTree(value)) return value;
  const entries = Object.entries(value).flatMap(([key, inner]) => {
    const known = schema.properties?.[key];
    if (known === undefined) return [[key, inner]];
    return inner === null ? [] : [[key, withoutEmpty(known, inner)]];
  });
  return Object.fromEntries(entries);
}

/** A copy with defaults for what is not given. An optional section is left out unless something in it is given. */
export function withDefaults(schema: Schema, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => withDefaults(schema.items ?? {}, item));
  if (!isTree(value) || !isSection(schema)) return value;
  const missing = Object.entries(schema.properties ?? {}).flatMap(([key, inner]) => {
    if (Object.hasOwn(value, key)) return [];
    if (inner.default !== undefined) return [[key, structuredClone(inner.default)]];
    return isSection(inner) && schema.required?.includes(key) ? [[key, withDefaults(inner, {})]] : [];
  });
  const given = Object.entries(value).map(([key, inner]) => [key, withDefaults(schema.properties?.[key] ?? {}, inner)]);
  return Object.fromEntries([...given, ...missing]);
}

/** A copy that may be shown: what is secret is only said to be there. */
export function withoutSecrets(schema: Schema, value: unknown): unknown {
  if (schema.writeOnly && value !== undefined) return SECRET;
  if (Array.isArray(value)) return value.map((item: unknown) => withoutSecrets(schema.items ?? {}, item));
  if (!isTree(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, withoutSecrets(schema.properties?.[key] ?? {}, inner)]),
  );
}

const SECRET = '(secret)';
