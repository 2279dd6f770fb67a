import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { modelOf } from '../../src/charts/charts.js';
import { peerMachine } from '../../src/machines/peer.js';
import { sessionMachine } from '../../src/machines/session.js';
import { MACHINE_NAMES } from '../../src/protocol/codes.js';
import { tableOf } from './chart-text.js';

const PAGE = 'docs/session-chart.md';
const page = readFileSync(PAGE, 'utf8');

const blocks: Readonly<Record<string, string>> = {
  'session table': tableOf(modelOf('session')),
  'peer table': tableOf(modelOf('peer')),
};

describe('docs/session-chart.md', () => {
  it('shows the charts as the machines are, and is written anew by vitest with --update', async () => {
    const fresh = page.replace(
      /(<!-- (.+): written by a test -->\n)[\s\S]*?(\n<!-- end -->)/g,
      (_, start: string, name: string, end: string) => `${start}\n${blocks[name]}\n${end}`,
    );
    await expect(fresh).toMatchFileSnapshot(`../../${PAGE}`);
  });

  it('has a place for every block', () => {
    const places = [...page.matchAll(/<!-- (.+): written by a test -->/g)].map(([, name]) => name);
    expect(places).toEqual(Object.keys(blocks));
  });

  it('shows the picture of every chart', () => {
    const pictures = [...page.matchAll(/!\[[^\]]+\]\(charts\/(\w+)\.svg\)/g)].map(([, name]) => name);
    expect(pictures).toEqual([...MACHINE_NAMES]);
  });

  it('explains every state', () => {
    const explained = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, state]) => state);
    expect(explained).toEqual(Object.keys({ ...sessionMachine.states }).concat(Object.keys(peerMachine.states)));
  });
});
