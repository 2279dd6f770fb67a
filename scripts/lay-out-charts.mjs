/** A step of `npm run build`: lays the charts out and keeps them beside the compiled code, so that nobody who installs Tandem needs elkjs. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';

const folder = new URL('../dist/charts/laid-out/', import.meta.url);

rmSync(folder, { recursive: true, force: true });
const { chartOf } = await import('../dist/charts/charts.js');
const { MACHINE_NAMES } = await import('../dist/protocol/codes.js');
const charts = await Promise.all(MACHINE_NAMES.map(chartOf));
mkdirSync(folder);
for (const chart of charts) writeFileSync(new URL(`${chart.machine}.json`, folder), JSON.stringify(chart));
