/** Parameters in a list, as JSON-RPC allows them. Source: jsonrpc.org/specification, section 4.2. */

import type { MethodName } from './calls.js';
import { BrokerError } from './errors.js';
import type { MethodRow } from './method-types.js';
import { METHODS } from './methods.js';

/**
 * Gives each parameter of a list its name: the reference's calls take theirs in its order. What is no list stays as it is. Throws BrokerError
 * `invalidParams` for a list that is longer, or of a method whose order nothing lays down.
 */
export function nameParams(method: MethodName, params: unknown): unknown {
  if (!Array.isArray(params)) return params;
  const { order = [] }: MethodRow = METHODS[method];
  if (params.length > order.length) throw new BrokerError('invalidParams', `${rule(method, order)}.`);
  return Object.fromEntries(params.map((value: unknown, index) => [order[index], value]));
}

function rule(method: MethodName, order: readonly string[]): string {
  if (order.length > 0) return `A list of parameters of ${method} has at most ${order.join(', ')}`;
  const { params } = METHODS[method];
  const names = 'properties' in params ? Object.keys(params.properties) : [];
  return names.length === 0
    ? `${method} takes no parameters`
    : `${method} takes its parameters by name: ${names.join(', ')}`;
}
