/** What is measured of the start: loading the code, and being ready. */
import { alone, besidePeer, type Measurement } from '../harness/measurement.js';
import { importModules, startDemo } from './start.js';

const group = 'start';
const CORE = new URL('../../src/main/tandem.js', import.meta.url).href;
const PEER = ['xstate', 'rxjs'].map((name) => import.meta.resolve(name));
const beside = 'import of xstate and rxjs';

export const START_MEASUREMENTS: readonly Measurement[] = [
  besidePeer({ ours: importModules([CORE]), peer: importModules(PEER) }, [
    {
      group,
      work: 'node and import of the core, whole process',
      beside,
      figure: 'processCpuMs',
      unit: 'ms CPU',
      better: 'less',
      must: 1.3,
      reach: 1.1,
    },
    { group, work: 'import of the core alone', beside, figure: 'importCpuMs', unit: 'ms CPU', better: 'less' },
  ]),
  alone(startDemo, [
    {
      group,
      work: 'tandem start --demo, first start, to its last line',
      beside: '–',
      figure: 'readySeconds',
      unit: 's',
      better: 'less',
      must: 1,
      reach: 0.5,
    },
  ]),
];
