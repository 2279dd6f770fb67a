/** The schemas of docs/gateway.md as checks of what a gateway sends. */
import type { TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/schema';
import { METHODS } from '../../src/protocol/methods.js';
import { NOTIFICATIONS } from '../../src/protocol/notifications.js';

/** Throws when the answer to a call is not what the method table says. */
export function checkResult(method: string, result: unknown): void {
  check(`result of ${method}`, schemasOf(METHODS, method)?.result, result);
}

/** Throws when a notification is not what its table says. */
export function checkNotification(method: string, params: unknown): void {
  check(`params of ${method}`, schemasOf(NOTIFICATIONS, method), params);
}

function schemasOf<Row>(table: Readonly<Record<string, Row>>, name: string): Row | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

const validators = new Map<TSchema, Validator>();

function check(what: string, schema: TSchema | undefined, value: unknown): void {
  if (schema === undefined) throw new Error(`there is no ${what}`);
  const validator = validators.get(schema) ?? Compile(schema);
  validators.set(schema, validator);
  if (!validator.Check(value)) throw new Error(`${what}: ${JSON.stringify([value, validator.Errors(value)])}`);
}
