/** A machine's configuration as JSON, which XState's createMachine takes; its guards, actions, actors and delays are named. */
import type { AnyStateMachine } from 'xstate';
import { guardWords } from './read-machine.js';

/**
 * Functions cannot be written: the first context, and parameters that are computed, are left out. A guard that joins others is named by
 * them: `isLink and hasReserve`. `active` starts the machine there.
 */
export function formatXstateConfig({ config }: AnyStateMachine, active: string | undefined): string {
  return JSON.stringify(active === undefined ? config : { ...config, initial: active }, (key, value: unknown) =>
    key === 'guard' && typeof value === 'function' ? guardWords(value) : value,
  );
}
