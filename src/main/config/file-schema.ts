/** The configuration file as JSON Schema, for editors: docs/config.schema.json. */
import { ConfigSchema } from './schema.js';
import { isSection, jsonSchemaOf, type Schema } from './settings.js';

/** Only what has no default must be in a file. */
export function describeFile(): object {
  const { properties, ...rest } = optional(jsonSchemaOf(ConfigSchema));
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Configuration of Tandem',
    ...rest,
    properties: { $schema: { type: 'string', description: 'Where editors find this schema.' }, ...properties },
  };
}

function optional(schema: Schema): Schema {
  const { properties, required, items, ...rest } = schema;
  const needed = (required ?? []).filter((key) => {
    const inner = properties?.[key];
    return inner !== undefined && inner.default === undefined && !(isSection(inner) && hasDefaults(inner));
  });
  return {
    ...rest,
    ...(properties !== undefined && {
      properties: Object.fromEntries(Object.entries(properties).map(([key, inner]) => [key, optional(inner)])),
    }),
    ...(needed.length > 0 && { required: needed }),
    ...(items !== undefined && { items: optional(items) }),
  };
}

/** Whether a section needs nothing in it. */
function hasDefaults(schema: Schema): boolean {
  return (optional(schema).required ?? []).length === 0;
}
