import { describe, expect, it } from 'vitest';
import { DEFAULT_SHARES } from '../../../src/gateway/gateway-limits.js';
import { problemsOf, read } from './sources.js';

const EVERYTHING = {
  deviceName: 'kitchen',
  isCollaborationEnabled: false,
  gateway: {
    host: '::1',
    port: 0,
    publicUrl: 'https://tandem.home',
    allowedOrigins: ['http://hub.local:8123'],
    trustedProxies: ['127.0.0.1', '10.0.0.0/8', '2001:db8::/32'],
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

describe('the configuration file', () => {
  it.each([
    ['no file', undefined],
    ['an empty file', ''],
    ['a file of comments', '# nothing yet\n'],
    ['sections whose lines are all comments', 'deviceName:\ngateway:\n  # port: 8420\n'],
  ])('has every default for %s', async (_, text) => {
    const { value, problems } = await read(text === undefined ? {} : { text });
    expect(problems).toEqual([]);
    expect(value).toEqual({
      isCollaborationEnabled: true,
      gateway: { host: '127.0.0.1', port: 8420, allowedOrigins: [], trustedProxies: [], limits: DEFAULT_SHARES },
      log: { level: 'warn', format: 'auto' },
      radio: { role: 'central', channel: 'user' },
      apps: [],
    });
  });

  it('keeps what is given', async () => {
    const text = JSON.stringify(EVERYTHING);
    expect(await read({ text })).toMatchObject({ value: EVERYTHING, problems: [] });
    expect(await read({ text, path: 'config.json' })).toMatchObject({ value: EVERYTHING, problems: [] });
  });

  it.each([
    ['deviceName: "kitchen \\ud800"\n', 'tandem.yaml:1:13: deviceName has half of a surrogate pair'],
    [
      '{"mqtt":{"url":"mqtt://a","services":[{"serviceName":"\\udc00","bundleName":"b","moduleName":"m","abilityName":"a"}]}}',
      'tandem.yaml:1:54: mqtt.services.0.serviceName has half of a surrogate pair',
    ],
  ])('is refused where a text has half of a surrogate pair: %s', async (text, problem) => {
    expect(await problemsOf({ text })).toEqual([problem]);
  });

  it('may name a service in 256 characters of four bytes', async () => {
    const services = [{ serviceName: '😀'.repeat(256), bundleName: 'b', moduleName: 'm', abilityName: 'a' }];
    expect(await problemsOf({ text: JSON.stringify({ mqtt: { url: 'mqtt://a', services } }) })).toEqual([]);
  });

  it('may be YAML, with anchors and without quotation marks', async () => {
    const text = 'deviceName: &name kitchen lamp\ngateway: { port: 1 }\nradio:\n  air: *name\n';
    expect(await read({ text })).toMatchObject({
      value: { deviceName: 'kitchen lamp', gateway: { port: 1 }, radio: { air: 'kitchen lamp' } },
      problems: [],
    });
  });

  it('may be JSON with tabs, and name its schema for editors', async () => {
    const text = JSON.stringify({ $schema: './config.schema.json', ...EVERYTHING }, null, '\t');
    expect(await read({ text, path: 'config.json' })).toMatchObject({ value: EVERYTHING, problems: [] });
  });

  it.each([
    [
      'a port beyond the last',
      'gateway:\n  port: 65536',
      '2:9: gateway.port must be a whole number from 0 to 65535, not 65536',
    ],
    [
      'a port as text',
      'gateway: { port: "8420" }',
      '1:18: gateway.port must be a whole number from 0 to 65535, not "8420"; leave out the quotation marks',
    ],
    [
      'an app without a command',
      'apps:\n- bundleName: b\n  moduleName: m\n  abilityName: a\n  start:\n    command: []',
      '6:14: apps[0].start.command must be a list, and not empty, not []',
    ],
    [
      'an app without a name',
      'apps:\n- bundleName: b\n  moduleName: m\n  start:\n    command: [lamp]',
      '2:3: apps[0].abilityName is missing',
    ],
    [
      'a misspelt name',
      'gateway:\n  host: "::1"\n  prot: 1',
      '3:3: gateway.prot is no setting; is gateway.port meant?',
    ],
    ['a name in the wrong section', 'port: 1', '1:1: port is no setting; is gateway.port meant?'],
    ['an unknown name', 'volume:\n', '1:1: volume is no setting'],
    [
      'a role that is none',
      'radio:\n  role: centrel',
      '2:9: radio.role must be one of central, peripheral, both, not "centrel"; is central meant?',
    ],
    [
      'a word that is no truth value',
      'isCollaborationEnabled: yes',
      '1:25: isCollaborationEnabled must be true or false, not "yes"',
    ],
    ['a section that is none', 'gateway: 5', '1:10: gateway must hold settings, not 5'],
    ['no settings at all', '- gateway', '1:1: the configuration must hold settings, not ["gateway"]'],
    [
      'a proxy by its name',
      'gateway: { trustedProxies: [127.0.0.1, proxy.home] }',
      '1:40: gateway.trustedProxies[1] must be an IP address, or a range such as 10.0.0.0/8, not "proxy.home"',
    ],
    [
      'a range of more bits than an address has',
      'gateway: { trustedProxies: [10.0.0.0/33] }',
      '1:29: gateway.trustedProxies[0] must be an IP address, or a range such as 10.0.0.0/8, not "10.0.0.0/33"',
    ],
    [
      'a page below a path, which is not served',
      'gateway: { publicUrl: https://home/tandem }',
      '1:23: gateway.publicUrl must match pattern "^https?://[^/?#]+/?$", not "https://home/tandem"',
    ],
    [
      'an origin without its scheme',
      'gateway: { allowedOrigins: ["hub.local:8123"] }',
      '1:29: gateway.allowedOrigins[0] must match pattern "^[a-zA-Z][^:]*://[^/]", not "hub.local:8123"',
    ],
    ['an empty name', 'deviceName: ""', '1:13: deviceName must be a text, and not empty, not ""'],
    [
      'a value of an alias',
      'deviceName: &port x\ngateway: { port: *port }',
      '2:18: gateway.port must be a whole number from 0 to 65535, not "x"',
    ],
  ])('names place, setting and reason for %s', async (_, text, problem) => {
    expect(await problemsOf({ text })).toEqual([`tandem.yaml:${problem}`]);
  });

  it('names every problem at once, with the place of each', async () => {
    expect(await problemsOf({ text: 'deviceName: ""\ngateway:\n  port: -1\nradio: { roles: both }' })).toEqual([
      'tandem.yaml:1:13: deviceName must be a text, and not empty, not ""',
      'tandem.yaml:3:9: gateway.port must be a whole number from 0 to 65535, not -1',
      'tandem.yaml:4:10: radio.roles is no setting; is radio.role meant?',
    ]);
  });

  it.each([
    ['JSON that stops', 'config.json', '{\n  "deviceName": }', 'config.json:2:17: this is not JSON: '],
    ['JSON without quotation marks', 'config.json', '{ deviceName: 1 }', 'config.json:1:3: this is not JSON: '],
    ['YAML with wrong indentation', 'c.yaml', 'gateway:\n  port: 1\n host: x', 'c.yaml:3:1: this is not YAML: '],
    ['a name that stands twice', 'c.yaml', 'deviceName: a\ndeviceName: b', 'c.yaml:2:1: this is not YAML: '],
    ['an alias of nothing', 'c.yaml', 'deviceName: *name', 'c.yaml:1:1: Unresolved alias'],
  ])('says where it cannot be read: %s', async (_, path, text, start) => {
    const [first] = await problemsOf({ path, text });
    expect(first?.slice(0, start.length)).toBe(start);
  });

  it('is not overwhelmed by aliases of aliases', async () => {
    const lines = Array.from({ length: 12 }, (_, n) => `a${n + 1}: &a${n + 1} [${Array(9).fill(`*a${n}`).join(', ')}]`);
    const [problem] = await problemsOf({ text: ['a0: &a0 [x]', ...lines].join('\n') });
    expect(problem).toContain('resource exhaustion');
  });
});
