/** Runs elkjs in a thread of its own: a layout takes a tenth of a second and more, and no session should wait for it. */
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import type { ElkNode } from 'elkjs';

/** Loads elkjs there, and only there: 1.5 MB that a broker without readers of charts does not need. */
const PROGRAM = `
  const { parentPort, workerData } = require('node:worker_threads');
  const Elk = require(workerData.path);
  new Elk().layout(workerData.graph).then((graph) => parentPort.postMessage(graph));
`;

/** Rejects when there is no layout. The thread ends by itself. */
export function layOutGraph(graph: ElkNode): Promise<ElkNode> {
  const path = createRequire(import.meta.url).resolve('elkjs');
  return new Promise((resolve, reject) => {
    const worker = new Worker(PROGRAM, { eval: true, workerData: { path, graph } });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the layout ended with ${code} and without a result`)));
  });
}
