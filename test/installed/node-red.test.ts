/** Node-RED's nodes, installed as their README says, in Node-RED. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { makeCheckout } from '../docs/shell/checkout.js';
import { startIn } from '../node-red/node-red.js';
import { followAndTell, readDocuments } from './documents.js';

const FOLDER = 'packages/node-red-contrib-tandem';
const readme = readDocuments().find(({ path }) => path === `${FOLDER}/README.md`);
const declared: object = JSON.parse(readFileSync(`${FOLDER}/package.json`, 'utf8'))['node-red'].nodes;

it('the nodes load in Node-RED, installed as their README says', async () => {
  const checkout = await makeCheckout({ isInstalled: true });
  onTestFinished(checkout.remove);
  await followAndTell(readme?.blocks ?? [], checkout);
  const nodeRed = await startIn(join(checkout.env['HOME'] ?? '', '.node-red'));
  onTestFinished(nodeRed.stop);
  const sets = await nodeRed.get('/nodes');
  const ours = JSON.parse(JSON.stringify(sets)).filter(
    ({ module }: { module: string }) => module === 'node-red-contrib-tandem',
  );
  expect(ours.map(({ err, enabled }: { err?: string; enabled: boolean }) => err ?? enabled)).toEqual(
    Object.keys(declared).map(() => true),
  );
});
