/** Checks the parameters of a call against its schema: one compiled validator per method, made when it is first needed. */
import Type, { type TObject, type TSchema } from 'typebox';
import { Compile } from 'typebox/schema';
import type { MethodName } from './calls.js';
import { STRICT } from './method-types.js';
import { METHODS } from './methods.js';

/** Undefined when the parameters fit; otherwise where they do not, in words for people. */
export type ParamsCheck = (params: unknown) => string | undefined;

/** Compiling takes a fraction of a millisecond, so a gateway that starts does not pay for methods nobody calls. */
export function createParamsCheck(method: MethodName): ParamsCheck {
  return createCheck(METHODS[method].params, 'params');
}

/**
 * The schema without what is said of the arguments of a call of the reference: the broker checks them, with the code that apps in its process
 * get. Which names there are, and whatever is the gateway's own, stays.
 */
export function leaveArguments(schema: TSchema, method: MethodName): TSchema {
  const [{ properties: given }, { properties: all }] = [schema, METHODS[method].params] as [TObject, TObject]; // parameters and bodies are objects
  const left = Object.entries(given).map(([name, property]) => {
    return [name, name in all && !GATEWAYS_OWN.has(name) ? Type.Optional(Type.Unknown()) : property] as const;
  });
  return Type.Object(Object.fromEntries(left), STRICT);
}

/** Parameters that the reference does not have. */
const GATEWAYS_OWN: ReadonlySet<string> = new Set(['encoding', 'idempotencyKey']);

/** The same for any schema; `what` is what the words call the value. */
export function createCheck(schema: TSchema, what: string): ParamsCheck {
  let validator: ReturnType<typeof compile> | undefined;
  return (value) => {
    validator ??= compile(schema);
    return validator.Check(value) ? undefined : describe(what, validator.Errors(value)[1]);
  };
}

function compile(schema: TSchema) {
  return Compile(schema);
}

interface SchemaError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: object;
  readonly message: string;
}

/** Names and values of the client's own choice are among the words. */
const MAX_WORDS = 300;

/** At most three faults: who gets more wrong finds the rest on the next try. */
function describe(what: string, errors: readonly SchemaError[]): string {
  return errors
    .filter(({ keyword }) => keyword !== 'boolean')
    .slice(0, 3)
    .map(({ instancePath, message, params }) => `${what}${instancePath} ${message}${extra(params)}`)
    .join('; ')
    .slice(0, MAX_WORDS);
}

/** Names the parameters that are not known, and the values that would be. */
function extra(params: object): string {
  if ('additionalProperties' in params) return `: ${JSON.stringify(params.additionalProperties)}`;
  return 'allowedValues' in params ? `: ${JSON.stringify(params.allowedValues)}` : '';
}
