/** Every call a client may make: the one source of validators and of the table in docs/gateway.md. calls.ts has the same as types. */
import type { Agreed } from './agreed.js';
import type { MethodName, MethodParams, MethodResult } from './calls.js';
import type { MethodRow } from './method-types.js';
import { GENERAL_METHODS } from './methods-general.js';
import { SESSION_METHODS } from './methods-session.js';
import { SYSTEM_METHODS } from './methods-system.js';
import { TOKEN_METHODS } from './methods-tokens.js';

const rows = {
  ...GENERAL_METHODS,
  ...SESSION_METHODS,
  ...SYSTEM_METHODS,
  ...TOKEN_METHODS,
} as const satisfies Record<MethodName, MethodRow>;

/** Names are the reference's where it has the call. */
export const METHODS = rows satisfies {
  readonly [M in MethodName]: {
    readonly params: Agreed<(typeof rows)[M]['params'], MethodParams<M>>;
    readonly result: Agreed<(typeof rows)[M]['result'], MethodResult<M>>;
  };
};
