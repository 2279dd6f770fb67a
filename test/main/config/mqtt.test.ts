import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { MqttConfig } from '../../../src/main/config/mqtt-settings.js';
import { openHubFiles } from '../../../src/main/hub-service.js';
import { makeTemporaryDirectory } from '../recorded-io.js';
import { runCommand } from '../running-service.js';
import { problemsOf, read } from './sources.js';

const SERVICE = { serviceName: 'doorbell', bundleName: 'b', moduleName: 'm', abilityName: 'a' };

async function readMqtt(mqtt: object): Promise<MqttConfig> {
  const { value, problems } = await read({ text: JSON.stringify({ mqtt }) });
  expect(problems).toEqual([]);
  return (value as { readonly mqtt: MqttConfig }).mqtt; // it has passed the schema
}

describe('the settings of a hub', () => {
  it('are complete with a URL alone: a hub for the echo app', async () => {
    expect(await readMqtt({ url: 'mqtt://127.0.0.1:1883' })).toMatchObject({
      version: '5',
      base: 'tandem',
      discovery: { mode: 'device', prefix: 'homeassistant', statusTopic: 'homeassistant/status' },
      app: { bundleName: 'tandem.hub' },
      services: [{ serviceName: 'tandem.echo', onRequest: 'button' }],
    });
  });

  it('keep what is given', async () => {
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
    expect(await readMqtt(given)).toMatchObject(given);
  });

  it.each([
    ['no URL', {}, '1:2: mqtt.url is missing'],
    [
      'another kind of URL',
      { url: 'http://hub' },
      '1:16: mqtt.url must match pattern "^(mqtts?|wss?)://.", not "http://hub"',
    ],
    [
      'a wildcard in a level',
      { url: 'mqtt://hub', base: 'home/+' },
      'mqtt.base must match pattern "^[a-zA-Z0-9_-]{1,64}$", not "home/+"',
    ],
    ['a password in the file', { url: 'mqtt://hub', password: 'x' }, 'mqtt.password is no setting'],
    [
      'a policy that does not exist',
      { url: 'mqtt://hub', services: [{ ...SERVICE, onRequest: 'always' }] },
      'mqtt.services[0].onRequest must be one of accept, button, never, not "always"',
    ],
    [
      'more services than a hub has',
      { url: 'mqtt://hub', services: Array.from({ length: 129 }, () => SERVICE) },
      'mqtt.services must not have more than 128 items',
    ],
  ])('are refused with %s', async (_, mqtt, problem) => {
    const problems = await problemsOf({ text: JSON.stringify({ mqtt }) });
    expect(problems).toEqual([expect.stringContaining(problem)]);
  });

  it('take the URL of the command line before that of the file, and need no file', async () => {
    const options = [{ option: 'mqtt', name: 'mqtt.url', text: 'mqtt://line' }];
    const text = JSON.stringify({ mqtt: { url: 'mqtt://file', hub: 'attic' } });
    expect((await read({ text, options })).value).toMatchObject({ mqtt: { url: 'mqtt://line', hub: 'attic' } });
    expect((await read({ options })).value).toMatchObject({ mqtt: { url: 'mqtt://line', base: 'tandem' } });
  });

  it('are refused on the command line where the URL is none', async () => {
    const { exitCode, err } = await runCommand(await makeTemporaryDirectory(), ['start', '--mqtt', '127.0.0.1']);
    expect(exitCode).toBe(2);
    expect(err.join('\n')).toContain('--mqtt: mqtt.url must match pattern "^(mqtts?|wss?)://.", not "127.0.0.1"');
  });
});

describe('the files of a hub', () => {
  it('give a password without the end of its line', async () => {
    const directory = await makeTemporaryDirectory();
    const passwordFile = join(directory, 'password');
    await writeFile(passwordFile, 'pass word \n');
    const { settings } = await openHubFiles(await readMqtt({ url: 'mqtt://x', passwordFile }), directory);
    expect(settings.server.password).toBe('pass word ');
  });

  it('are named when they are missing', async () => {
    const directory = await makeTemporaryDirectory();
    const config = await readMqtt({ url: 'mqtt://x', keyFile: join(directory, 'absent') });
    await expect(openHubFiles(config, directory)).rejects.toThrow(/^mqtt\.keyFile cannot be read: .*absent/);
  });

  it('remember links for the next run, and say so when they are damaged', async () => {
    const directory = await makeTemporaryDirectory();
    const config = await readMqtt({ url: 'mqtt://hub' });
    const first = await openHubFiles(config, directory);
    const link = { ...SERVICE, deviceId: 'phone', deviceName: 'Phone', lastSeen: 5 };
    const memory = {
      links: [{ ...link, name: 'Mine' }],
      forgotten: [{ ...link, deviceId: 'tv' }],
      places: [{ base: 'tandem', hubId: 'kitchen', prefix: 'homeassistant' }],
    };
    for (let at = 0; at < 1_000; at += 1) first.storage.save({ ...memory, links: [{ ...link, lastSeen: at }] });
    first.storage.save(memory);
    await first.settle();
    expect(await (await openHubFiles(config, directory)).storage.load()).toEqual(memory);
    for (const damaged of ['[{}]', '{', '{"links":[],"forgotten":[],"places":[{"base":1}]}', '7']) {
      await writeFile(join(directory, 'hub-links.json'), damaged);
      await expect(openHubFiles(config, directory)).rejects.toThrow(/hub-links\.json is damaged/);
    }
  });

  it('are read as they were written when links were all that a hub remembered', async () => {
    const directory = await makeTemporaryDirectory();
    const link = { ...SERVICE, deviceId: 'phone', deviceName: 'Phone', lastSeen: 5 };
    await writeFile(join(directory, 'hub-links.json'), JSON.stringify([link]));
    const { storage } = await openHubFiles(await readMqtt({ url: 'mqtt://hub' }), directory);
    expect(await storage.load()).toEqual({ links: [link], forgotten: [], places: [] });
  });

  it('are written again after a time when they could not be', async () => {
    const directory = await makeTemporaryDirectory();
    const { storage, settle } = await openHubFiles(await readMqtt({ url: 'mqtt://hub' }), directory);
    const memory = { links: [], forgotten: [], places: [] };
    await rm(directory, { recursive: true });
    storage.save(memory);
    await expect(settle()).rejects.toThrow(/ENOENT/);
    await mkdir(directory);
    storage.save(memory);
    await settle();
    expect(JSON.parse(await readFile(join(directory, 'hub-links.json'), 'utf8'))).toEqual(memory);
  });
});
