import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Type from 'typebox';
import { describe, expect, it } from 'vitest';
import { filled, secret, section } from '../../../src/main/config/parts.js';
import { ConfigSchema } from '../../../src/main/config/schema.js';
import { jsonSchemaOf, listSettings } from '../../../src/main/config/settings.js';
import { makeTemporaryDirectory } from '../recorded-io.js';
import { problemsOf, read } from './sources.js';

/** A section that is off unless something in it is given, with something to hide. */
const WITH_SECRET = section({
  door: Type.Optional(section({ code: secret('Code.'), colour: filled('Colour.', { default: 'red' }) })),
});

describe('settings from outside the file', () => {
  it('take their variable from their path, each its own', () => {
    const variables = listSettings(jsonSchemaOf(ConfigSchema)).map(({ name, variable }) => [name, variable]);
    expect(variables).toContainEqual(['gateway.port', 'TANDEM_GATEWAY_PORT']);
    expect(variables).toContainEqual(['gateway.allowedOrigins', 'TANDEM_GATEWAY_ALLOWED_ORIGINS']);
    expect(variables).toContainEqual(['deviceName', 'TANDEM_DEVICE_NAME']);
    const names = [...variables.map(([, variable]) => variable), 'TANDEM_CONFIG', 'TANDEM_STATE_DIR', 'TANDEM_START'];
    expect(new Set(names).size).toBe(names.length);
  });

  it('count in this order: option, variable, file, default', async () => {
    const text = 'gateway: { port: 1, host: file }\ndeviceName: file';
    const env = { TANDEM_GATEWAY_PORT: '2', TANDEM_GATEWAY_HOST: 'variable' };
    const options = [{ option: 'port', name: 'gateway.port', text: '3' }];
    const { value, settings } = await read({ text, env, options });
    expect(value).toMatchObject({ gateway: { port: 3, host: 'variable' }, deviceName: 'file' });
    expect(settings.map(({ name }) => name)).toEqual(listSettings(jsonSchemaOf(ConfigSchema)).map(({ name }) => name));
    expect(settings).toEqual(
      expect.arrayContaining([
        { name: 'deviceName', value: 'file', from: 'tandem.yaml:2:1' },
        { name: 'isCollaborationEnabled', value: true, from: 'default' },
        { name: 'gateway.host', value: 'variable', from: 'TANDEM_GATEWAY_HOST' },
        { name: 'gateway.port', value: 3, from: '--port' },
        { name: 'gateway.allowedOrigins', value: [], from: 'default' },
        { name: 'radio.adapter', value: undefined, from: 'default' },
        { name: 'apps', value: [], from: 'default' },
      ]),
    );
  });

  it.each([
    ['a number', { TANDEM_GATEWAY_PORT: '80' }, { gateway: { port: 80 } }],
    ['a text that looks like a number', { TANDEM_DEVICE_NAME: '007' }, { deviceName: '007' }],
    ['a truth value', { TANDEM_IS_COLLABORATION_ENABLED: 'false' }, { isCollaborationEnabled: false }],
    ['a truth value as a digit', { TANDEM_IS_COLLABORATION_ENABLED: '0' }, { isCollaborationEnabled: false }],
    [
      'words with commas',
      { TANDEM_GATEWAY_ALLOWED_ORIGINS: 'http://a, http://b' },
      { gateway: { allowedOrigins: ['http://a', 'http://b'] } },
    ],
    [
      'words as JSON',
      { TANDEM_GATEWAY_ALLOWED_ORIGINS: '["http://a,b"]' },
      { gateway: { allowedOrigins: ['http://a,b'] } },
    ],
    [
      'objects as JSON',
      { TANDEM_APPS: '[{"bundleName":"b","moduleName":"m","abilityName":"a","start":{"command":["lamp"]}}]' },
      { apps: [{ bundleName: 'b', moduleName: 'm', abilityName: 'a', start: { command: ['lamp'] } }] },
    ],
    ['nothing, as if it were not there', { TANDEM_GATEWAY_PORT: '' }, { gateway: { port: 8420 } }],
  ])('may be %s', async (_, env, expected) => {
    expect(await read({ env })).toMatchObject({ value: expected, problems: [] });
  });

  it.each([
    [
      'a variable',
      { TANDEM_GATEWAY_PORT: 'http' },
      'TANDEM_GATEWAY_PORT: gateway.port must be a whole number from 0 to 65535, not "http"',
    ],
    [
      'hexadecimal digits',
      { TANDEM_GATEWAY_PORT: '0x10' },
      'TANDEM_GATEWAY_PORT: gateway.port must be a whole number from 0 to 65535, not "0x10"',
    ],
    ['a list', { TANDEM_APPS: '[{"bundleName":1}]' }, 'TANDEM_APPS: apps[0].moduleName is missing'],
    [
      'what is no JSON',
      { TANDEM_APPS: '[{"bundleName":}]' },
      'TANDEM_APPS:1:16: this is not JSON: Unresolved plain scalar ""',
    ],
  ])('are named where they are wrong: %s', async (_, env, problem) => {
    expect(await problemsOf({ env })).toContain(problem);
  });

  it('are named beside what is wrong in the file', async () => {
    const options = [{ option: 'role', name: 'radio.role', text: 'hub' }];
    expect(await problemsOf({ text: 'gateway: 5', env: { TANDEM_GATEWAY_PORT: '80' }, options })).toEqual([
      'tandem.yaml:1:10: gateway must hold settings, not 5',
      '--role: radio.role must be one of central, peripheral, both, not "hub"',
    ]);
  });

  it('mend what is wrong in the file', async () => {
    expect(await problemsOf({ text: 'gateway: { port: http }', env: { TANDEM_GATEWAY_PORT: '80' } })).toEqual([]);
  });

  it('are not mistaken for variables of others, but misspelt ones are noted', async () => {
    const env = {
      TANDEM_GATEWAY_PROT: '80',
      TANDEM_TOKEN: 'x',
      TANDEM_PORT_8420_TCP: 'tcp://10.0.0.1',
      GATEWAY_PORT: '1',
    };
    const { notes, problems } = await read({ env });
    expect(problems).toEqual([]);
    expect(notes).toEqual(['TANDEM_GATEWAY_PROT is no setting; is TANDEM_GATEWAY_PORT meant?']);
  });
});

describe('an optional section', () => {
  it('is not there unless something in it is given; then it has its defaults', async () => {
    expect((await read({ schema: WITH_SECRET })).value).toEqual({});
    const { value } = await read({ schema: WITH_SECRET, env: { TANDEM_DOOR_CODE: '1234' } });
    expect(value).toEqual({ door: { code: '1234', colour: 'red' } });
  });

  it('asks for what it needs', async () => {
    expect(await problemsOf({ schema: WITH_SECRET, text: 'door:\n  colour: blue' })).toEqual([
      'tandem.yaml:1:1: door.code is missing',
    ]);
  });
});

describe('a secret', () => {
  it('may come from a file, without the newline at its end', async () => {
    const path = join(await makeTemporaryDirectory(), 'code');
    await writeFile(path, ' 12 34\n');
    const { value, settings } = await read({ schema: WITH_SECRET, env: { TANDEM_DOOR_CODE_FILE: path } });
    expect(value).toMatchObject({ door: { code: ' 12 34' } });
    expect(settings[0]).toEqual({ name: 'door.code', value: '(secret)', from: 'TANDEM_DOOR_CODE_FILE' });
  });

  it('is named where its file is missing, and where it is given twice', async () => {
    const path = join(await makeTemporaryDirectory(), 'code');
    const env = { TANDEM_DOOR_CODE_FILE: path };
    expect(await problemsOf({ schema: WITH_SECRET, env })).toEqual([
      expect.stringMatching(/^TANDEM_DOOR_CODE_FILE: ENOENT/),
    ]);
    expect(await problemsOf({ schema: WITH_SECRET, env: { ...env, TANDEM_DOOR_CODE: '1' } })).toEqual([
      'TANDEM_DOOR_CODE_FILE: TANDEM_DOOR_CODE is set as well; which one counts?',
    ]);
  });

  it('is shown by no problem and by no setting', async () => {
    const wrong = await read({ schema: WITH_SECRET, text: 'door: { code: 123456 }' });
    expect(wrong.problems).toHaveLength(1);
    expect(JSON.stringify([wrong.problems, wrong.settings])).not.toContain('123456');
    const start = { command: ['lamp'], environment: { PASSWORD: 'hunter2' } };
    const apps = [{ bundleName: 'b', moduleName: 'm', abilityName: 'a', start }];
    const { settings } = await read({ text: JSON.stringify({ apps }) });
    expect(settings.at(-1)?.value).toEqual([{ ...apps[0], start: { command: ['lamp'], environment: '(secret)' } }]);
  });
});
