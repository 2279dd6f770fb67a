/** The contract's schemas as plain JSON, and each of them as a document of its own. */
import { HTTP_ROUTES } from '../../protocol/http-routes.js';
import { METHODS } from '../../protocol/methods.js';
import { NOTIFICATIONS } from '../../protocol/notifications.js';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** As far as the table of methods uses it. */
export interface JsonSchema {
  readonly type?: string;
  readonly enum?: readonly Json[];
  /** Values that are known now; there may be more. */
  readonly 'x-extensible-enum'?: readonly Json[];
  readonly anyOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly minimum?: number;
  readonly additionalProperties?: boolean;
  readonly [keyword: string]: unknown;
}

/** Without what the schema library keeps beside the keywords. */
export function toJson(schema: object): JsonSchema {
  return JSON.parse(JSON.stringify(schema)) as JsonSchema; // a schema is a JSON object
}

/** One document a method and notification: `#/$defs/params` is what is sent, `#/$defs/result` what a call is answered with. */
export function schemaDocuments(): ReadonlyMap<string, object> {
  const methods = Object.entries(METHODS).map(([name, { params, result, doc }]) => {
    return [
      name,
      { $schema: DIALECT, title: name, description: doc, $defs: { params: toJson(params), result: toJson(result) } },
    ] as const;
  });
  const notifications = Object.entries(NOTIFICATIONS).map(([name, params]) => {
    return [name, { $schema: DIALECT, title: name, $defs: { params: toJson(params) } }] as const;
  });
  return new Map([...methods, ...notifications]);
}

/** What `/v1/schema` answers: where everything is. */
export function schemaIndex(version: string): object {
  const link = (name: string) => [name, `/v1/schema/${name}`] as const;
  return {
    version,
    methods: Object.fromEntries(Object.keys(METHODS).map(link)),
    notifications: Object.fromEntries(Object.keys(NOTIFICATIONS).map(link)),
    routes: Object.values(HTTP_ROUTES).map(({ verb, path }) => `${verb} ${path}`),
    documents: ['/asyncapi.json', '/openapi.json', '/docs'],
  };
}

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';
