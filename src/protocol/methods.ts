/** Every call a client may make: the one source of types, validators and of the table in docs/gateway.md. */
import type { Static } from 'typebox';
import type { MethodRow } from './method-types.js';
import { GENERAL_METHODS } from './methods-general.js';
import { SESSION_METHODS } from './methods-session.js';
import { SYSTEM_METHODS } from './methods-system.js';
import { TOKEN_METHODS } from './methods-tokens.js';

/** Names are the reference's where it has the call. */
export const METHODS = {
  ...GENERAL_METHODS,
  ...SESSION_METHODS,
  ...SYSTEM_METHODS,
  ...TOKEN_METHODS,
} as const satisfies Record<string, MethodRow>;

export type MethodName = keyof typeof METHODS;
export type MethodParams<M extends MethodName> = Static<(typeof METHODS)[M]['params']>;
export type MethodResult<M extends MethodName> = Static<(typeof METHODS)[M]['result']>;
