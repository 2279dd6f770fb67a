/** The words for a value that the schema refuses. */
import { findSuggestion } from '../suggestion.js';
import { ADDRESS_RANGE } from './parts.js';
import { isSection, listSettings, type Schema } from './settings.js';
import { valueAt } from './values.js';

/** As much as is used of what the validator says. */
export interface SchemaError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message: string;
  readonly params: object;
}

/** What is wrong at one path. */
export interface Refusal {
  readonly path: readonly string[];
  readonly message: string;
  /** Whether the name is the trouble, not its value. */
  readonly isName: boolean;
}

/** One refusal for each path: further errors there follow from the first. */
export function explain(schema: Schema, value: unknown, errors: readonly SchemaError[]): Refusal[] {
  const refusals = errors.flatMap((error) => explainOne(schema, value, error));
  const seen = new Set<string>();
  return refusals.filter(({ path }) => {
    const isNew = !seen.has(path.join('.'));
    seen.add(path.join('.'));
    return isNew;
  });
}

function explainOne(root: Schema, value: unknown, { keyword, instancePath, message, params }: SchemaError): Refusal[] {
  const path = instancePath.split('/').slice(1).map(unescapePointer);
  // An unknown name is reported twice: by itself ("boolean", the schema false) and by the object around it.
  if (keyword === 'additionalProperties') return [];
  if (keyword === 'boolean')
    return [{ path, message: `${nameOf(path)} is no setting${nearest(root, path)}`, isName: true }];
  if (keyword === 'required') {
    const names: unknown[] =
      'requiredProperties' in params && Array.isArray(params.requiredProperties) ? params.requiredProperties : [];
    return names.map((name) => {
      const full = [...path, String(name)];
      return { path: full, message: `${nameOf(full)} is missing`, isName: true };
    });
  }
  const schema = schemaAt(root, path);
  const expected = EXPECTED_BY_KEYWORD.has(keyword) ? (expectation(schema) ?? message) : message;
  return [{ path, message: `${nameOf(path)} ${expected}${remark(schema, valueIn(value, path))}`, isName: false }];
}

/** Errors that the expectation explains as a whole. */
const EXPECTED_BY_KEYWORD = new Set(['type', 'enum', 'minimum', 'maximum', 'minLength', 'minItems', 'format']);

/** The words of the JSON pointer that is not escaped. Source: RFC 6901, section 4. */
function unescapePointer(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}

function nameOf(path: readonly string[]): string {
  if (path.length === 0) return 'the configuration';
  return path.map((key, index) => (/^\d+$/.test(key) ? `[${key}]` : `${index === 0 ? '' : '.'}${key}`)).join('');
}

function schemaAt(root: Schema, path: readonly string[]): Schema {
  return path.reduce<Schema>((above, key) => above.properties?.[key] ?? above.items ?? {}, root);
}

function valueIn(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (above, key) => (Array.isArray(above) ? above[Number(key)] : valueAt(above, [key])),
    value,
  );
}

function expectation(schema: Schema): string | undefined {
  if (schema.enum !== undefined) return `must be one of ${schema.enum.join(', ')}`;
  if (schema.format === ADDRESS_RANGE) return 'must be an IP address, or a range such as 10.0.0.0/8';
  switch (schema.type) {
    case 'integer':
      return `must be a whole number${bounds(schema)}`;
    case 'number':
      return `must be a number${bounds(schema)}`;
    case 'boolean':
      return 'must be true or false';
    case 'string':
      return 'must be a text, and not empty';
    case 'array':
      return 'must be a list, and not empty';
    case 'object':
      return isSection(schema) ? 'must hold settings' : 'must hold names with values';
    default:
      return undefined;
  }
}

function bounds({ minimum, maximum }: Schema): string {
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  if (minimum !== undefined) return ` of at least ${minimum}`;
  return maximum === undefined ? '' : ` of at most ${maximum}`;
}

/** What is there instead, and what may be meant. Nothing of a secret, nor of anything long. */
function remark(schema: Schema, value: unknown): string {
  const shown = JSON.stringify(value) ?? '';
  if (schema.writeOnly || shown === '' || shown.length > LONGEST_SHOWN) return '';
  const words = typeof value === 'string' ? findSuggestion(value, schema.enum ?? []) : undefined;
  if (words !== undefined) return `, not ${shown}; is ${words} meant?`;
  const isQuoted = typeof value === 'string' && /^(\d+|true|false)$/.test(value) && schema.type !== 'array';
  return `, not ${shown}${isQuoted ? '; leave out the quotation marks' : ''}`;
}

const LONGEST_SHOWN = 60;

/** A name beside it that is spelt alike, else a setting of that name elsewhere. */
function nearest(root: Schema, path: readonly string[]): string {
  const above = path.slice(0, -1);
  const name = path.at(-1) ?? '';
  const beside = findSuggestion(name, Object.keys(schemaAt(root, above).properties ?? {}));
  const elsewhere = listSettings(root).find((setting) => setting.path.at(-1) === name)?.name;
  const meant = beside === undefined ? elsewhere : nameOf([...above, beside]);
  return meant === undefined ? '' : `; is ${meant} meant?`;
}
