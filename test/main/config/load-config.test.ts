import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Compile } from 'typebox/schema';
import { describe, expect, it } from 'vitest';
import { describeFile } from '../../../src/main/config/file-schema.js';
import { loadConfig } from '../../../src/main/config/load-config.js';
import { run } from '../../../src/main/run.js';
import { createRecordedIo, makeTemporaryDirectory } from '../recorded-io.js';
import { runCommand } from '../running-service.js';

/** A state directory with a configuration. */
async function directoryWith(text: string, name = 'config.yaml'): Promise<string> {
  const directory = await makeTemporaryDirectory();
  await writeFile(join(directory, name), text);
  return directory;
}

describe('the configuration', () => {
  it('comes from the option, else TANDEM_CONFIG, else the state directory', async () => {
    const stateDirectory = await directoryWith('{"deviceName":"state"}', 'config.json');
    await writeFile(join(stateDirectory, 'option.yaml'), 'deviceName: option');
    await writeFile(join(stateDirectory, 'environment.json'), '{"deviceName":"environment"}');
    const env = { TANDEM_CONFIG: join(stateDirectory, 'environment.json') };
    const file = join(stateDirectory, 'option.yaml');
    expect(await loadConfig({ file, stateDirectory, env })).toMatchObject({ deviceName: 'option' });
    expect(await loadConfig({ stateDirectory, env })).toMatchObject({ deviceName: 'environment' });
    expect(await loadConfig({ stateDirectory, env: {} })).toMatchObject({ deviceName: 'state' });
  });

  it('is refused where it is not UTF-8: names would change', async () => {
    const stateDirectory = await makeTemporaryDirectory();
    await writeFile(join(stateDirectory, 'config.yaml'), Buffer.from('deviceName: K\xfcche\n', 'latin1'));
    await expect(loadConfig({ stateDirectory, env: {} })).rejects.toThrow(/config\.yaml is not UTF-8/);
  });

  it('may be absent, unless it was asked for', async () => {
    const stateDirectory = await makeTemporaryDirectory();
    expect(await loadConfig({ stateDirectory, env: {} })).toMatchObject({ gateway: { port: 8420 } });
    await expect(loadConfig({ file: 'missing.json', stateDirectory, env: {} })).rejects.toThrow(
      'no configuration file missing.json',
    );
  });

  it('is one file: two in the state directory are refused', async () => {
    const stateDirectory = await directoryWith('{}');
    await writeFile(join(stateDirectory, 'config.json'), '{}');
    await expect(loadConfig({ stateDirectory, env: {} })).rejects.toThrow(/two configurations: .*yaml and .*json/);
  });

  it('keeps a broker from starting where it is wrong, with a few of its problems', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => `x${name}x: 1`);
    const { exitCode, err } = await runCommand(await directoryWith(names.join('\n')), ['start']);
    expect(exitCode).toBe(1);
    expect(err[0]).toBe('tandem: The configuration is not valid:');
    expect(err[1]).toMatch(/^ {2}\/.*config\.yaml:1:1: xax is no setting$/);
    expect(err.slice(-2)).toEqual([
      '  and 2 more: tandem config check shows all.',
      'docs/configuration.md lists the settings.',
    ]);
  });

  it('is a matter of usage where only an option is wrong', async () => {
    const { exitCode, err } = await runCommand(await makeTemporaryDirectory(), ['start', '--port', 'http']);
    expect(exitCode).toBe(2);
    expect(err[1]).toBe('  --port: gateway.port must be a whole number from 0 to 65535, not "http"');
  });
});

describe('tandem config', () => {
  it('checks the file that tandem start would use', async () => {
    const directory = await directoryWith('deviceName: kitchen');
    const { exitCode, out } = await runCommand(directory, ['config', 'check']);
    expect([exitCode, out]).toEqual([0, [`${join(directory, 'config.yaml')} is valid.`]]);
    const nothing = await runCommand(await makeTemporaryDirectory(), ['config', 'check']);
    expect([nothing.exitCode, nothing.out]).toEqual([
      0,
      ['There is no file; the defaults and the environment are valid.'],
    ]);
  });

  it('prints every problem of a file, one on a line', async () => {
    const directory = await directoryWith('gateway: { port: http }\nvolume: 11', 'other.yaml');
    const path = join(directory, 'other.yaml');
    const { exitCode, out } = await runCommand(directory, ['config', 'check', path]);
    expect(exitCode).toBe(1);
    expect(out).toEqual([
      `${path}:2:1: volume is no setting`,
      `${path}:1:18: gateway.port must be a whole number from 0 to 65535, not "http"`,
    ]);
  });

  it('shows what counts, and where it comes from', async () => {
    const directory = await directoryWith('deviceName: kitchen');
    const shown = await runCommand(directory, ['config', 'show']);
    expect(shown.exitCode).toBe(0);
    expect(shown.out[0]).toMatch(/^setting +value +from$/);
    expect(shown.out).toContainEqual(expect.stringMatching(/^deviceName +"kitchen" +\/.*config\.yaml:1:1$/));
    expect(shown.out).toContainEqual(expect.stringMatching(/^radio\.adapter +– +default$/));
    const asJson = await runCommand(directory, ['config', 'show', '--json']);
    expect(JSON.parse(asJson.out.join(''))).toContainEqual({ name: 'gateway.port', value: 8420, from: 'default' });
  });

  it('says what it takes', async () => {
    expect((await runCommand(await makeTemporaryDirectory(), ['config'])).exitCode).toBe(2);
    expect((await runCommand(await makeTemporaryDirectory(), ['config', 'schema', 'x'])).exitCode).toBe(2);
  });
});

describe('docs/config.schema.json', () => {
  it('is what tandem config schema prints; refresh it with: node dist/main/cli.js config schema > docs/config.schema.json', async () => {
    const io = createRecordedIo();
    expect(await run(['config', 'schema'], io)).toBe(0);
    expect(io.written().toString()).toBe(readFileSync('docs/config.schema.json', 'utf8'));
  });

  it('accepts files that leave out whatever has a default, and refuses those that the program refuses', () => {
    const schema = Compile(describeFile());
    expect(schema.Check({ gateway: { port: 1 }, $schema: 'x' })).toBe(true);
    expect(schema.Check({})).toBe(true);
    expect(schema.Check({ gateway: { prot: 1 } })).toBe(false);
    expect(schema.Check({ apps: [{ bundleName: 'b' }] })).toBe(false);
  });
});
