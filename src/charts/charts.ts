/** The charts of all machines, each read or laid out when it is first asked for, and kept: machines do not change while a process runs. */
import { existsSync, readFileSync } from 'node:fs';
import type { AnyStateMachine } from 'xstate';
import { peerMachine } from '../machines/peer.js';
import { radioMachine } from '../machines/radio.js';
import { sessionMachine } from '../machines/session.js';
import type { Chart, ChartModel } from '../protocol/chart.js';
import type { MachineName } from '../protocol/codes.js';
import { layOut } from './layout.js';
import { readMachine } from './read-machine.js';
import { formatXstateConfig } from './xstate-config.js';

const MACHINES: Readonly<Record<MachineName, AnyStateMachine>> = {
  session: sessionMachine,
  peer: peerMachine,
  radio: radioMachine,
};

const laidOut = new Map<MachineName, Promise<Chart>>();
let last: Promise<unknown> = Promise.resolve();

/** What the machine says, without places: at once, and without the layout. */
export function modelOf(name: MachineName): ChartModel {
  return readMachine(MACHINES[name], name);
}

/** Laid out: by the build, or now where there was none, one chart at a time. */
export function chartOf(name: MachineName): Promise<Chart> {
  const kept = laidOut.get(name);
  if (kept !== undefined) return kept;
  const chart = last.then(() => builtChart(name) ?? layOut(modelOf(name)));
  laidOut.set(name, chart);
  // The next one does not care how this one ended; a failure is not kept.
  last = chart.catch(() => laidOut.delete(name));
  return chart;
}

/** Where `npm run build` puts the charts, see scripts/lay-out-charts.mjs: elkjs is for those who change machines, and takes 8 MB. */
const BUILT = new URL('./laid-out/', import.meta.url);

function builtChart(name: MachineName): Chart | undefined {
  const path = new URL(`${name}.json`, BUILT);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Chart) : undefined; // the build wrote it
}

/** The machine's configuration as JSON: what tools for XState read. `active` starts it there. */
export function configOf(name: MachineName, active?: string): string {
  return formatXstateConfig(MACHINES[name], active);
}
