import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const FOLDER = 'packages/node-red-contrib-tandem';
const own = JSON.parse(readFileSync(join(FOLDER, 'package.json'), 'utf8'));
const broker = JSON.parse(readFileSync('package.json', 'utf8'));
const nodes = Object.entries<string>(own['node-red'].nodes);

describe('the Node-RED package', () => {
  it('goes with this version of Tandem, on the same Node.js', () => {
    expect(own.dependencies).toEqual({ 'tandem-broker': `^${broker.version}` });
    expect([own.engines, own.license]).toEqual([broker.engines, broker.license]);
    expect(own.files.filter((path: string) => !existsSync(join(FOLDER, path)))).toEqual([]);
    expect(readFileSync(join(FOLDER, 'LICENSE'))).toEqual(readFileSync('LICENSE'));
  });

  it.each(nodes)('has a form and a help for %s', (type, path) => {
    const editor = readFileSync(join(FOLDER, path.replace(/js$/, 'html')), 'utf8');
    for (const attribute of ['data-template-name', 'data-help-name'])
      expect(editor).toContain(`${attribute}="${type}"`);
    expect(editor).toContain(`registerType('${type}'`);
    const [, help = ''] = editor.split('data-help-name');
    const fields = [...editor.matchAll(/id="node-(?:config-)?input-(\w+)"/g)].map(([, name]) => name);
    for (const field of fields) expect(editor).toMatch(new RegExp(`\\b${field}: \\{`));
    expect(help.length).toBeGreaterThan(200);
  });

  it('has examples with nodes and wires that exist, and without a token', () => {
    for (const name of readdirSync(join(FOLDER, 'examples'))) {
      const text = readFileSync(join(FOLDER, 'examples', name), 'utf8');
      const flow: { id: string; type: string; wires?: string[][] }[] = JSON.parse(text);
      const ids = flow.map(({ id }) => id);
      expect(flow.flatMap(({ wires = [] }) => wires.flat()).filter((id) => !ids.includes(id))).toEqual([]);
      const types = flow.map(({ type }) => type).filter((type) => type.startsWith('tandem'));
      expect(types.filter((type) => !nodes.some(([known]) => known === type))).toEqual([]);
      expect(text).not.toContain('credentials');
    }
  });
});
