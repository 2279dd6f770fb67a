/**
 * `npm run bench -- [session|gateway|ble|hub|start] [--rounds N] [--json] [--only words]`: measures, and says what came out. A row that misses
 * its floor is no failure of the program; see docs/performance.md.
 */
import { parseArgs } from 'node:util';
import { BLE_MEASUREMENTS } from './ble/rows.js';
import { GATEWAY_MEASUREMENTS } from './gateway/rows.js';
import type { Measurement } from './harness/measurement.js';
import { formatTable } from './harness/report.js';
import type { Result } from './harness/row.js';
import { HUB_MEASUREMENTS } from './hub/rows.js';
import { SESSION_MEASUREMENTS } from './session/rows.js';
import { START_MEASUREMENTS } from './start/rows.js';

const GROUPS: Readonly<Record<string, readonly Measurement[]>> = {
  session: SESSION_MEASUREMENTS,
  gateway: GATEWAY_MEASUREMENTS,
  ble: BLE_MEASUREMENTS,
  hub: HUB_MEASUREMENTS,
  start: START_MEASUREMENTS,
};
const DEFAULT_ROUNDS = 5;

const { values, positionals } = parseArgs({
  options: { rounds: { type: 'string' }, json: { type: 'boolean' }, only: { type: 'string' } },
  allowPositionals: true,
});

const rounds = Number(values.rounds ?? DEFAULT_ROUNDS);
if (!Number.isInteger(rounds) || rounds < 1) throw new RangeError('--rounds takes a whole number from 1 up');
const results: Result[] = [];
for (const measurement of chosen(positionals, values.only ?? '')) {
  console.error(`measuring: ${measurement.rows.map(({ work }) => work).join(' + ')}`);
  results.push(...(await measurement.run(rounds)));
}
console.log(values.json ? JSON.stringify(results, undefined, 2) : formatTable(results));

function chosen(names: readonly string[], words: string): Measurement[] {
  const groups = names.length > 0 ? names : Object.keys(GROUPS);
  const measurements = groups.flatMap((name) => {
    const group = GROUPS[name];
    if (group === undefined) throw new RangeError(`there is no group "${name}": ${Object.keys(GROUPS).join(', ')}`);
    return group;
  });
  return measurements.filter(({ rows }) => rows.some(({ work, beside }) => `${work} ${beside}`.includes(words)));
}
