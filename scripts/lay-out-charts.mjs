/** A step of `npm run build`: lays the charts out and keeps them beside the compiled code, so that nobody who installs Tandem needs elkjs. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';

const folder = new URL('../dist/charts/laid-out/', import.meta.url);

rmSync(folder, { recursive: true, force: true });
const { chartOf } = await built('charts/charts.js');
const { MACHINE_NAMES } = await built('protocol/codes.js');
const charts = await Promise.all(MACHINE_NAMES.map(chartOf));
mkdirSync(folder);
for (const chart of charts) writeFileSync(new URL(`${chart.machine}.json`, folder), JSON.stringify(chart));

/** What tsc has just compiled; a path in words, so that the types can be checked before. @param {string} path */
function built(path) {
  return import(new URL(`../dist/${path}`, import.meta.url).href);
}
