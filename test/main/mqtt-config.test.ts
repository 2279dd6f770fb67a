import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/main/config.js';
import { openHubFiles } from '../../src/main/hub-service.js';
import { mqttAt } from '../../src/main/mqtt-config.js';
import { makeTemporaryDirectory } from './recorded-io.js';
import { runCommand } from './running-service.js';

const SERVICE = { serviceName: 'doorbell', bundleName: 'b', moduleName: 'm', abilityName: 'a' };

function parseMqtt(mqtt: object) {
  return parseConfig(JSON.stringify({ mqtt }), 'tandem.json').mqtt;
}

function problemsOf(mqtt: object): readonly string[] {
  try {
    parseMqtt(mqtt);
  } catch (error) {
    return (error as { advice: string[] }).advice.slice(0, -1).map((line) => line.trim()); // what parseConfig throws
  }
  return [];
}

describe('the settings of a hub', () => {
  it('are complete with a URL alone: a hub for the echo app', () => {
    expect(parseMqtt({ url: 'mqtt://127.0.0.1:1883' })).toMatchObject({
      version: '5',
      base: 'tandem',
      discovery: { mode: 'device', prefix: 'homeassistant', statusTopic: 'homeassistant/status' },
      app: { bundleName: 'tandem.hub' },
      services: [{ serviceName: 'tandem.echo', onRequest: 'button' }],
    });
  });

  it('keep what is given', () => {
    const services = [{ ...SERVICE, onRequest: 'accept' }];
    const discovery = { mode: 'component', prefix: 'ha', statusTopic: 'ha/status' };
    const app = { bundleName: 'b', moduleName: 'm', abilityName: 'a' };
    const given = {
      url: 'mqtts://hub',
      version: '3.1.1',
      username: 'u',
      hub: 'attic',
      base: 'home',
      discovery,
      app,
      services,
    };
    expect(parseMqtt(given)).toMatchObject(given);
  });

  it.each([
    ['no URL', {}, 'mqtt must have required properties url'],
    ['another kind of URL', { url: 'http://hub' }, 'mqtt.url must match pattern "^(mqtts?|wss?)://."'],
    [
      'a wildcard in a level',
      { url: 'mqtt://hub', base: 'home/+' },
      'mqtt.base must match pattern "^[a-zA-Z0-9_-]{1,64}$"',
    ],
    ['a password in the file', { url: 'mqtt://hub', password: 'x' }, 'mqtt.password is not a setting'],
    [
      'a policy that does not exist',
      { url: 'mqtt://hub', services: [{ ...SERVICE, onRequest: 'always' }] },
      'mqtt.services.0.onRequest must be equal to one of the allowed values: accept, button, never',
    ],
    [
      'more services than a hub has',
      { url: 'mqtt://hub', services: Array.from({ length: 129 }, () => SERVICE) },
      'mqtt.services must not have more than 128 items',
    ],
  ])('are refused with %s', (_, mqtt, problem) => {
    expect(problemsOf(mqtt)).toContain(problem);
  });

  it('take the URL of the command line before that of the file', () => {
    const configured = parseMqtt({ url: 'mqtt://file', hub: 'attic' });
    expect(mqttAt('mqtt://line', configured)).toMatchObject({ url: 'mqtt://line', hub: 'attic' });
  });

  it('are refused on the command line where the URL is none', async () => {
    const { exitCode, err } = await runCommand(await makeTemporaryDirectory(), ['start', '--mqtt', '127.0.0.1']);
    expect(exitCode).toBe(2);
    expect(err[0]).toContain('--mqtt takes a URL such as mqtt://127.0.0.1:1883; not "127.0.0.1".');
  });
});

describe('the files of a hub', () => {
  it('give a password without the end of its line', async () => {
    const directory = await makeTemporaryDirectory();
    const passwordFile = join(directory, 'password');
    await writeFile(passwordFile, 'pass word \n');
    const { settings } = await openHubFiles(
      mqttAt('mqtt://hub', parseMqtt({ url: 'mqtt://x', passwordFile })),
      directory,
    );
    expect(settings.server.password).toBe('pass word ');
  });

  it('are named when they are missing', async () => {
    const directory = await makeTemporaryDirectory();
    const config = mqttAt('mqtt://hub', parseMqtt({ url: 'mqtt://x', keyFile: join(directory, 'absent') }));
    await expect(openHubFiles(config, directory)).rejects.toThrow(/^mqtt\.keyFile cannot be read: .*absent/);
  });

  it('remember links for the next run, and say so when they are damaged', async () => {
    const directory = await makeTemporaryDirectory();
    const config = mqttAt('mqtt://hub', undefined);
    const first = await openHubFiles(config, directory);
    const link = { ...SERVICE, deviceId: 'phone', deviceName: 'Phone', lastSeen: 5 };
    first.storage.save([link]);
    await first.settle();
    expect(await (await openHubFiles(config, directory)).storage.load()).toEqual([link]);
    await writeFile(join(directory, 'hub-links.json'), '[{}]');
    await expect(openHubFiles(config, directory)).rejects.toThrow(/hub-links\.json is damaged/);
  });
});
