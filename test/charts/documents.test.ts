import { describe, expect, it } from 'vitest';
import { CHART_FORMATS, statesOf, writeChart } from '../../src/charts/documents.js';
import { MACHINE_NAMES, type MachineName } from '../../src/protocol/codes.js';
import { textOf } from './text-of.js';

describe('docs/charts', () => {
  it.each(MACHINE_NAMES)(
    'shows the chart of the %s as the machine is, and is written anew by npm run charts',
    async (machine) => {
      for (const format of ['svg', 'mmd', 'scxml'] as const) {
        await expect(await textOf(machine, format)).toMatchFileSnapshot(`../../docs/charts/${machine}.${format}`);
      }
    },
  );
});

describe('a chart as a document', () => {
  it.each(Object.keys(CHART_FORMATS))('refuses a state that the machine has not, as %s', async (format) => {
    const request = { machine: 'radio', format: format as 'svg', active: 'asleep' } as const; // one of the table
    expect(await writeChart(request)).toEqual({
      type: 'unknown-state',
      words: `The radio has no such state; it has ${statesOf('radio').join(', ')}.`,
    });
  });

  it('is the same document each time', async () => {
    expect(await textOf('peer', 'svg', 'linked')).toBe(await textOf('peer', 'svg', 'linked'));
  });

  it('marks the active state, and the lines and labels of what can happen in it', async () => {
    const svg = await textOf('session', 'svg', 'suspended');
    expect(classed(svg, 'state', 'data-state')).toEqual(['suspended']);
    expect(new Set(classed(svg, 'line', 'data-source'))).toEqual(new Set(['suspended']));
    expect(classed(svg, 'label', 'data-edge')).toHaveLength(10);
    expect(await textOf('session', 'svg')).not.toMatch(/class="[^"]* active"/);
  });

  it('has a title and a description for those who do not see it', async () => {
    const svg = await textOf('session', 'svg', 'connected');
    expect(svg).toContain('role="img" aria-labelledby="title desc"');
    expect(svg).toContain('<title id="title">Statechart of the session, in connected</title>');
    expect(svg).toContain('From created: connect to connecting');
  });

  it('refers to nothing outside itself', async () => {
    const svg = await textOf('session', 'svg');
    expect(svg.match(/https?:[^"]+/g)).toEqual(['http://www.w3.org/2000/svg']);
    expect(svg).not.toMatch(/<script|@import|href=/);
  });

  it.for(MACHINE_NAMES)('can be a picture of the %s', async (machine: MachineName, { skip }) => {
    const answer = await writeChart({ machine, format: 'png', active: undefined });
    if (answer.type === 'unavailable' && process.env['CI'] !== 'true') skip(answer.words);
    expect(answer.type === 'document' && Buffer.from(answer.body).subarray(1, 4).toString()).toBe('PNG');
  });
});

function classed(svg: string, name: string, attribute: string): (string | undefined)[] {
  const found = svg.matchAll(new RegExp(`class="${name}[a-z ]* active"[^>]* ${attribute}="([^"]+)"`, 'g'));
  return [...found].map(([, value]) => value);
}
