import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { ConfigSchema } from '../../src/main/config/schema.js';
import { jsonSchemaOf, listSettings, type Setting } from '../../src/main/config/settings.js';
import { problemsOf } from '../main/config/sources.js';

const ADD_ON = 'packaging/home-assistant/tandem';
const SETTINGS = listSettings(jsonSchemaOf(ConfigSchema));
const VARIABLES = ['TANDEM_CONFIG', 'TANDEM_STATE_DIR', ...SETTINGS.map(({ variable }) => variable)];
const manifest = JSON.parse(read('package.json'));

function read(path: string): string {
  return readFileSync(path, 'utf8');
}

function unknownVariables(text: string): string[] {
  return [...text.matchAll(/\b(TANDEM_[A-Z_]+)=/g)].flatMap(([, name = '']) =>
    VARIABLES.includes(name) ? [] : [name],
  );
}

/** Files of the installed package, as they are in this tree. */
function namedFiles(text: string): string[] {
  return [...text.matchAll(/\/opt\/tandem\/node_modules\/tandem-broker\/([\w./-]+)/g)].map(([, path = '']) => path);
}

describe('the systemd unit', () => {
  const unit = read('packaging/tandem.service');

  it('is one, as systemd-analyze says', ({ skip }) => {
    const directory = mkdtempSync(join(tmpdir(), 'tandem-unit-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const path = join(directory, 'tandem.service');
    // It looks for the program, which is elsewhere on some machines.
    writeFileSync(path, unit.replaceAll('/usr/bin/node', process.execPath));
    const { error, stderr, status } = spawnSync('systemd-analyze', ['verify', '--man=no', path], { encoding: 'utf8' });
    const missing = 'systemd-analyze is missing; on Debian: apt-get install systemd';
    if (error !== undefined) return process.env['CI'] === 'true' ? expect.fail(missing) : skip(missing);
    expect(stderr.split('\n').filter((line) => line.includes(path))).toEqual([]);
    expect(status).toBe(0);
  });

  it('names files of this tree, and settings that are some', () => {
    expect(namedFiles(unit)).toContain('bin/tandem.js');
    expect(namedFiles(unit).filter((path) => !existsSync(path))).toEqual([]);
    expect(unknownVariables(unit)).toEqual([]);
  });

  it('comes with a configuration that is valid', async () => {
    expect(await problemsOf({ text: read('packaging/config.yaml') })).toEqual([]);
  });
});

// Their steps are carried out by test/installed/dockerfile.test.ts.
describe.each(['packaging/Dockerfile', `${ADD_ON}/Dockerfile`])('%s', (path) => {
  const text = read(path);

  it('has a Node.js that the package takes, in stages of one release', () => {
    const tags = [...text.matchAll(/^FROM node:(\d+)-(\w+)(-slim)?\b/gm)];
    expect(tags).toHaveLength([...text.matchAll(/^FROM /gm)].length);
    expect(new Set(tags.map(([, major, release]) => `${major} ${release}`)).size).toBe(1);
    const [least = 0] = manifest.engines.node.match(/\d+/).map(Number);
    expect(Number(tags[0]?.[1])).toBeGreaterThan(least);
  });

  it('leaves no package lists, and names settings that are some', () => {
    if (text.includes('apt-get')) expect(text).toContain('rm -rf /var/lib/apt/lists/*');
    expect(unknownVariables(text.replaceAll('ENV ', ''))).toEqual([]);
  });
});

describe('the container', () => {
  const text = read('packaging/Dockerfile');

  it('does not run as root, and keeps its state in a volume', () => {
    expect(text).toMatch(/^USER node$/m);
    expect(text.indexOf('USER node')).toBeLessThan(text.indexOf('ENTRYPOINT'));
    expect(text).toContain('ENV TANDEM_STATE_DIR=/var/lib/tandem\n');
    expect(text).toMatch(/^VOLUME \/var\/lib\/tandem$/m);
  });

  it('starts a program that is there', () => {
    const script = read('packaging/container-start.sh');
    expect(namedFiles(script)).toEqual([manifest.bin.tandem.slice(2)]);
    expect(statSync('packaging/container-start.sh').mode & 0o111).toBe(0o111);
    expect(spawnSync('sh', ['-n', 'packaging/container-start.sh']).status).toBe(0);
  });
});

describe('the Home Assistant add-on', () => {
  const addOn = parse(read(`${ADD_ON}/config.yaml`));

  it('has options that are a valid configuration, as they are written to its file', async () => {
    expect(await problemsOf({ text: JSON.stringify(addOn.options), path: 'options.json' })).toEqual([]);
  });

  it('lets people set only what is a setting, within its bounds', () => {
    for (const [name, type] of leavesOf(addOn.schema)) {
      const setting = SETTINGS.find((candidate) => candidate.name === name);
      expect([name, setting && typeFor(setting)]).toEqual([name, type.replace('?', '')]);
    }
  });

  it('gives every option that must be there a value, and describes each section', () => {
    const given = leavesOf(addOn.options).map(([name]) => name);
    const required = leavesOf(addOn.schema).flatMap(([name, type]) => (type.endsWith('?') ? [] : [name]));
    expect(given).toEqual(required);
    const { configuration } = parse(read(`${ADD_ON}/translations/en.yaml`));
    expect(Object.keys(configuration)).toEqual(Object.keys(addOn.schema));
    const documents = read(`${ADD_ON}/DOCS.md`);
    for (const [name] of leavesOf(addOn.schema)) expect(documents).toContain(`\`${name}\``);
  });

  it('has the version of the package, and pictures of the sizes that Home Assistant shows', () => {
    expect(addOn.version).toBe(manifest.version);
    expect(sizeOf(`${ADD_ON}/icon.png`)).toEqual([128, 128]);
    expect(sizeOf(`${ADD_ON}/logo.png`)).toEqual([250, 100]);
  });

  it('starts with the file of its options, by a script that a shell can read', () => {
    const script = read(`${ADD_ON}/run.sh`);
    expect(script).toContain('TANDEM_CONFIG=/data/options.json');
    expect(unknownVariables(script)).toEqual([]);
    expect(statSync(`${ADD_ON}/run.sh`).mode & 0o111).toBe(0o111);
    expect(spawnSync('sh', ['-n', `${ADD_ON}/run.sh`]).status).toBe(0);
  });
});

/** Names and types of options; a list has the type of its items in it. */
function leavesOf(tree: Record<string, unknown>, above = ''): [name: string, type: string][] {
  return Object.entries(tree).flatMap(([key, value]): [string, string][] => {
    const isSection = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isSection ? leavesOf({ ...value }, `${above}${key}.`) : [[`${above}${key}`, String(value)]];
  });
}

/** How Home Assistant says what a setting takes. Source: Home Assistant, add-on configuration, schema. */
function typeFor({ name, schema }: Setting): string {
  if (name === 'gateway.port') return 'port';
  if (name === 'gateway.allowedOrigins') return 'url';
  if (schema.enum !== undefined) return `list(${schema.enum.join('|')})`;
  return schema.type === 'integer' ? `int(${schema.minimum},${schema.maximum})` : 'str';
}

/** Width and height of a PNG. Source: PNG specification, 11.2.1. */
function sizeOf(path: string): [number, number] {
  const bytes = readFileSync(path);
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
}
