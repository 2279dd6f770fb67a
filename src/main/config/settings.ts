/** The schema as a list of settings, each with the path by which people call it and the variable that may hold it. */
import type { TSchema } from 'typebox';

/** As much of JSON Schema as the settings use. */
export interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly enum?: readonly string[];
  readonly format?: string;
  readonly default?: unknown;
  readonly description?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly writeOnly?: boolean;
}

/** What TypeBox builds, as the JSON Schema that it is. */
export function jsonSchemaOf(schema: TSchema): Schema {
  return schema as Schema; // TypeBox keeps keywords under their own names, only its types do not say so
}

/** One thing that can be set: neither a section nor something inside a list. */
export interface Setting {
  /** Names from the outermost section inwards, such as `gateway`, `port`. */
  readonly path: readonly string[];
  /** The same with dots between. */
  readonly name: string;
  readonly schema: Schema;
  /** The variable of the environment, such as TANDEM_GATEWAY_PORT. */
  readonly variable: string;
}

/** All settings, in the order of the schema. */
export function listSettings(schema: Schema, above: readonly string[] = []): Setting[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, inner]) => {
    const path = [...above, key];
    if (isSection(inner)) return listSettings(inner, path);
    return [{ path, name: path.join('.'), schema: inner, variable: variableOf(path) }];
  });
}

/** A section has names of its own; an object without is a setting, such as variables of an app. */
export function isSection({ properties }: Schema): boolean {
  return properties !== undefined;
}

/** Whether a setting may be read from a file named by its variable with `_FILE` behind it, and is never shown. */
export function isSecret({ type, writeOnly }: Schema): boolean {
  return type === 'string' && writeOnly === true;
}

function variableOf(path: readonly string[]): string {
  const words = path.map((key) => key.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase());
  return ['TANDEM', ...words].join('_');
}
