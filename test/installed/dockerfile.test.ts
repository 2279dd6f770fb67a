/** Both Dockerfiles, step by step, each on a copy of what it copies; then what the image starts. */

import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { parse } from 'yaml';
import { makeTemporaryDirectory } from '../main/recorded-io.js';
import { isIgnored, readDockerfile } from './dockerfile.js';
import { buildImage } from './image.js';
import { ROOT_ENV } from './machine.js';
import { startProgram } from './program.js';

const ADD_ON = 'packaging/home-assistant/tandem';

describe('a Dockerfile', () => {
  it('is read line by line, with lines that go on', () => {
    const text =
      '# why\nFROM node:22 AS build\nRUN one \\\n  && two\nCOPY --from=build a b c/\nHEALTHCHECK --interval=1s CMD ["x"]\n';
    expect(readDockerfile(text)).toEqual([
      { type: 'FROM', image: 'node:22', stage: 'build' },
      { type: 'RUN', command: 'one && two' },
      { type: 'COPY', from: 'build', sources: ['a', 'b'], to: 'c/' },
      { type: 'HEALTHCHECK', words: ['x'] },
    ]);
    expect(() => readDockerfile('ONBUILD RUN x')).toThrow('what does this say?');
  });

  it('sees what its .dockerignore leaves', () => {
    const ignore = '# only\n*\n!src\n!scripts/one.mjs\nsrc/secret.ts\n';
    const paths = ['src/main/cli.ts', 'src/secret.ts', 'scripts/one.mjs', 'scripts/two.mjs', 'srcs', 'README.md'];
    expect(paths.filter((path) => !isIgnored(path, ignore))).toEqual(['src/main/cli.ts', 'scripts/one.mjs']);
  });
});

describe('the container', () => {
  it('is built by its steps, starts, is healthy, and shows the demo', async ({ skip }) => {
    const image = await buildImage('packaging/Dockerfile', '.', skip);
    const env = { ...ROOT_ENV, TANDEM_GATEWAY_PORT: '0' };
    const container = await startProgram(image.command(), { env, until: /, on the first Bluetooth adapter/ });
    expect(container.output()).toContain('state in /var/lib/tandem');
    expect(container.output()).not.toMatch(/No radio:|^ +at /m);
    const [program = '', ...args] = image.health;
    expect(spawnSync(program, args, { env, encoding: 'utf8' })).toMatchObject({ status: 0 });
    await container.stop();
    const demo = await startProgram(image.command('start', '--demo'), { env, until: /^Ctrl\+C/m });
    expect(demo.output()).toContain('phone: a device');
    await demo.stop();
  });
});

describe('the add-on of Home Assistant', () => {
  it('is built by its steps, and starts with the options that Home Assistant writes', async ({ skip }) => {
    const context = join(await makeTemporaryDirectory(), 'tandem');
    cpSync(ADD_ON, context, { recursive: true });
    const { tarball } = inject('project');
    cpSync(tarball, join(context, basename(tarball)));
    const image = await buildImage(join(context, 'Dockerfile'), context, skip);
    const { options } = parse(readFileSync(join(ADD_ON, 'config.yaml'), 'utf8'));
    const written = JSON.stringify({ ...options, gateway: { ...options.gateway, port: 0 } });
    image.machine.run(`mkdir -p /data && printf '%s' '${written}' > /data/options.json`);
    const broker = await startProgram(image.command(), { env: ROOT_ENV, until: /, on the first Bluetooth adapter/ });
    expect(broker.output()).toContain('state in /data/tandem');
    expect(broker.output()).not.toMatch(/No radio:|^ +at /m);
    await broker.stop();
  });
});
