import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEFAULT_SHARES } from '../../src/gateway/gateway-limits.js';
import { loadConfig, parseConfig } from '../../src/main/config.js';
import { makeTemporaryDirectory } from './recorded-io.js';

function problemsOf(config: unknown): readonly string[] {
  try {
    parseConfig(JSON.stringify(config), 'tandem.json');
  } catch (error) {
    expect(error).toMatchObject({ message: 'tandem.json is not a valid configuration:', exitCode: 1 });
    return (error as { advice: string[] }).advice.slice(0, -1).map((line) => line.trim()); // checked just above
  }
  return [];
}

describe('configuration', () => {
  it('fills in what is not given', () => {
    expect(parseConfig('{}', 'tandem.json')).toEqual({
      deviceName: undefined,
      isCollaborationEnabled: true,
      gateway: { host: '127.0.0.1', port: 8420, allowedOrigins: [], limits: DEFAULT_SHARES, tls: undefined },
      log: { level: 'warn', format: 'auto' },
      radio: {
        role: 'central',
        adapter: undefined,
        peripheralAdapter: undefined,
        channel: 'user',
        air: undefined,
      },
      apps: [],
    });
  });

  it('keeps what is given', () => {
    const config = {
      deviceName: 'kitchen',
      isCollaborationEnabled: false,
      gateway: {
        host: '::1',
        port: 0,
        allowedOrigins: ['http://hub.local:8123'],
        limits: { ...DEFAULT_SHARES, callsPerSecond: 100, sessionsPerApp: 0 },
        tls: { certFile: 'hub.crt', keyFile: 'hub.key' },
      },
      log: { level: 'info', format: 'json' },
      radio: { role: 'both', adapter: 0, peripheralAdapter: 1, channel: 'raw', air: '/run/air.sock' },
      apps: [
        {
          bundleName: 'com.example.lamp',
          moduleName: 'entry',
          abilityName: 'Lamp',
          start: { command: ['lamp', '--quiet'], workingDirectory: '/srv', environment: { LAMP: 'on' } },
        },
      ],
    };
    expect(parseConfig(JSON.stringify(config), 'tandem.json')).toEqual(config);
  });

  it.each([
    ['a port beyond the last', { gateway: { port: 65_536 } }, 'gateway.port must be <= 65535'],
    ['a port as text', { gateway: { port: '8420' } }, 'gateway.port must be integer'],
    [
      'an app without a command',
      { apps: [{ bundleName: 'b', moduleName: 'm', abilityName: 'a', start: { command: [] } }] },
      'apps.0.start.command must not have fewer than 1 items',
    ],
    ['a misspelt name', { gateway: { prot: 1 } }, 'gateway.prot is not a setting; is port meant?'],
    ['an unknown name', { volume: 11 }, 'volume is not a setting'],
    [
      'a role that is none',
      { radio: { role: 'hub' } },
      'radio.role must be equal to one of the allowed values: central, peripheral, both',
    ],
    ['no object', [], 'the file must be object'],
  ])('names the setting and the reason for %s', (_, config, problem) => {
    expect(problemsOf(config)).toEqual([problem]);
  });

  it('names several problems at once', () => {
    expect(problemsOf({ deviceName: '', gateway: { port: -1 } })).toEqual([
      'deviceName must not have fewer than 1 characters',
      'gateway.port must be >= 0',
    ]);
  });

  it('says why a file is not JSON', () => {
    expect(() => parseConfig('{"deviceName": }', 'tandem.json')).toThrow(
      /^tandem\.json is not JSON: Unexpected token '}'/,
    );
  });

  it('comes from the option, else TANDEM_CONFIG, else config.json in the state directory', async () => {
    const directory = await makeTemporaryDirectory();
    for (const name of ['option', 'environment', 'config']) {
      await writeFile(join(directory, `${name}.json`), JSON.stringify({ deviceName: name }));
    }
    const env = { TANDEM_CONFIG: join(directory, 'environment.json') };
    expect(await loadConfig(join(directory, 'option.json'), directory, env)).toMatchObject({ deviceName: 'option' });
    expect(await loadConfig(undefined, directory, env)).toMatchObject({ deviceName: 'environment' });
    expect(await loadConfig(undefined, directory, {})).toMatchObject({ deviceName: 'config' });
  });

  it('may be absent, unless it was asked for', async () => {
    const directory = await makeTemporaryDirectory();
    expect(await loadConfig(undefined, directory, {})).toMatchObject({ deviceName: undefined });
    await expect(loadConfig('missing.json', directory, {})).rejects.toThrow('no configuration file missing.json');
  });
});
