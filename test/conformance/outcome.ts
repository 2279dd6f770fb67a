/** Says in one line how a call ended, so that a table of expectations can be read as a table. */
import type { AbilityConnectionManager } from '../../src/broker/interface.js';
import { BrokerError } from '../../src/protocol/errors.js';
import { turns } from './time.js';

/** The module without its types: conformance includes what happens to callers without a compiler. */
export type LooseManager = Readonly<Record<string, (...values: readonly unknown[]) => unknown>>;

export function loose(manager: AbilityConnectionManager): LooseManager {
  return manager as unknown as LooseManager; // reason: wrong arguments are the point, and the types forbid them
}

/** 'returns x', 'throws 401 invalidParameter', 'resolves x', 'rejects 401 sessionNotFound', or 'stays open' when a promise does not settle by itself. */
export async function outcomeOf(call: () => unknown): Promise<string> {
  let returned: unknown;
  try {
    returned = call();
  } catch (error) {
    return `throws ${nameOf(error)}`;
  }
  if (!(returned instanceof Promise)) return `returns ${show(returned)}`;
  return Promise.race([
    returned.then(
      (value) => `resolves ${show(value)}`,
      (error: unknown) => `rejects ${nameOf(error)}`,
    ),
    turns(60).then(() => 'stays open'),
  ]);
}

/** Whether a promise was kept, once it settles. */
export function fateOf(promise: Promise<unknown>): Promise<'resolved' | 'rejected'> {
  return promise.then(
    () => 'resolved',
    () => 'rejected',
  );
}

function nameOf(error: unknown): string {
  if (error instanceof BrokerError) return `${error.code} ${error.kind}`;
  return error instanceof Error ? `a bare ${error.name}: ${error.message}` : `no error but ${String(error)}`;
}

function show(value: unknown): string {
  return value === undefined ? 'undefined' : JSON.stringify(value);
}
