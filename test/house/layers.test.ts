import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkLayers } from '../../scripts/check-layers.mjs';

/** A tree in which every module breaks one rule, or none. */
const modules = {
  'src/protocol/frame.ts': "export { link } from '../transport/link.js';",
  'src/protocol/reads-files.ts': "import 'node:fs';",
  'src/protocol/rounds.ts': "import './about.js';",
  'src/protocol/about.ts': "import './rounds.js';",
  'src/protocol/plain.ts': 'export const nothing = 0;',
  'src/protocol/orphan.ts': 'export const nothing = 0;',
  'src/transport/link.ts': "import type { Frame } from '../machines/session.js'; export const link = {} as Frame;",
  'src/machines/session.ts': "import 'node:net'; export interface Frame {}",
  'src/broker/interface.ts': "export type { Frame } from '../machines/session.js';",
  'src/broker/sessions.ts': "import 'mqtt'; import 'cborg'; export type { Frame } from './interface.js';",
  'src/gateway/server.ts': "import 'fastify'; export type { Frame } from '../broker/interface.js';",
  'src/gateway/nosy.ts': "import 'xstate'; export type { Frame } from '../broker/sessions.js';",
  'src/client/client.ts': "import '@fastify/websocket'; import '../gateway/server.js';",
  'src/client/tested.ts': "import 'fast-check'; import '../../test/helper.js';",
  'src/main/cli.ts': "import '../gateway/server.js'; import './absent.js'; import '../../bench/run.js';",
  'src/broker/mqtt.ts':
    "import 'libsodium-wrappers'; import '@abandonware/noble'; import 'typebox'; import 'ws'; import 'denque';",
  'src/attic/old.ts': "import '../protocol/plain.js';",
  'src/main/attic.ts': "import '../attic/old.js';",
  'bench/run.ts': 'export const rounds = 5;',
  'test/helper.ts': "import '../src/protocol/frame.js';",
};

const root = mkdtempSync(join(tmpdir(), 'tandem-layers-'));
let findings: string[];

beforeAll(async () => {
  for (const [name, text] of Object.entries(modules)) write(name, text);
  for (const name of ['package.json', 'node_modules']) symlinkSync(join(process.cwd(), name), join(root, name));
  findings = await checkLayers(root);
});

afterAll(() => rmSync(root, { recursive: true }));

describe('layers', () => {
  it.each([
    ['protocol/frame', 'transport/link', 'arrows-of-protocol'],
    ['transport/link', 'machines/session', 'arrows-of-transport'],
    ['gateway/nosy', 'broker/sessions', 'arrows-of-gateway'],
    ['client/client', 'gateway/server', 'arrows-of-client'],
    ['main/attic', 'attic/old', 'no-room'],
  ])('catch %s importing %s', (from, to, rule) => {
    expect(findings).toContainEqual(expect.stringContaining(`src/${from}.ts → src/${to}.ts: ${rule}`));
  });

  it.each([
    ['client/client', '@fastify/websocket', 'home-of-fastify'],
    ['gateway/nosy', 'xstate', 'home-of-xstate'],
    ['broker/sessions', 'cborg', 'home-of-cbor'],
    ['broker/sessions', 'mqtt', 'home-of-mqtt'],
    ['broker/mqtt', 'libsodium-wrappers', 'home-of-sodium'],
    ['broker/mqtt', '@abandonware/noble', 'home-of-radio'],
    ['broker/mqtt', 'typebox', 'home-of-typebox'],
    ['broker/mqtt', 'ws', 'home-of-ws'],
    ['client/tested', 'fast-check', 'no-dev-dependency'],
    ['protocol/reads-files', 'fs', 'protocol-is-pure'],
    ['machines/session', 'net', 'machines-do-no-io'],
    ['main/cli', './absent.js', 'no-unresolved'],
    ['main/cli', 'bench/run.ts', 'source-stands-alone'],
    ['client/tested', 'test/helper.ts', 'nothing-imports-tests'],
  ])('catch %s importing %s, by %s %s', (from, to, rule) => {
    const found = findings.filter((line) => line.startsWith(`src/${from}.ts → `) && line.includes(`: ${rule}`));
    expect(found.some((line) => line.includes(to))).toBe(true);
  });

  it('catch a cycle', () => {
    expect(findings).toContainEqual(expect.stringMatching(/src\/protocol\/(about|rounds)\.ts → .*: no-cycle/));
  });

  it('catch a module that nothing imports and that imports nothing', () => {
    const orphans = findings.filter((line) => line.includes(': no-orphan'));
    expect(orphans).toEqual([expect.stringContaining('src/protocol/orphan.ts')]);
  });

  it.each([
    ['gateway/server', 'broker/interface'],
    ['gateway/server', 'fastify'],
    ['main/cli', 'gateway/server'],
    ['broker/interface', 'machines/session'],
    ['broker/mqtt', 'denque'],
  ])('let %s import %s', (from, to) => {
    expect(
      findings.filter((line) => line.startsWith(`src/${from}.ts → `) && line.split(': ')[0]?.includes(to)),
    ).toEqual([]);
  });

  it('fail when they saw no source', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'tandem-empty-'));
    expect(await checkLayers(empty)).toEqual([expect.stringContaining('no modules were seen')]);
    mkdirSync(join(empty, 'src'));
    expect(await checkLayers(empty)).toEqual([expect.stringContaining('no modules were seen')]);
    rmSync(empty, { recursive: true });
  });
});

function write(name: string, text: string): void {
  const file = join(root, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
