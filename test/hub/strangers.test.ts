import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEFAULT_DISCOVERY } from '../../src/hub/settings.js';
import { HUB_LINES_BURST, HUB_RENEWALS_BURST, MAX_HUB_LINE_CHARACTERS } from '../../src/protocol/hub-limits.js';
import {
  ask,
  BRIDGE,
  createHome,
  createStorage,
  LINK,
  PHONE,
  passCleanUp,
  passTimeUntil,
  startHub,
} from './hub-stage.js';
import { readRetained } from './observer.js';

/** Far more than a hub may say of them. */
const MANY = 300;

/** A line of the log, and what it says of those that were left out. */
const LONGEST_LINE = MAX_HUB_LINE_CHARACTERS + 50;

async function sendMany(send: (at: number) => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: MANY }, (_, at) => send(at)));
}

function expectFewLines(log: readonly string[]): void {
  expect(log.length).toBeLessThanOrEqual(HUB_LINES_BURST);
  for (const line of log) {
    expect(line.length).toBeLessThan(LONGEST_LINE);
    expect(line).not.toMatch(/\p{Cc}/u);
  }
}

/** What a hub writes of a device: its own, or one of its links. */
function discoveryOf(identifier: string, more: object = {}): string {
  return JSON.stringify({ device: { identifiers: [identifier], ...more }, origin: { name: 'tandem' } });
}

describe('whoever may publish at the MQTT broker', () => {
  it('cannot fill the log of a hub with forged hubs of its name', async ({ skip }) => {
    const { home, hub } = await createHome(skip, { isChecked: false });
    await sendMany((at) => {
      const deviceId = `${at}\n\u001b[2J${'x'.repeat(10_000)}`;
      return home.send(`${BRIDGE}/info`, JSON.stringify({ deviceId, epoch: `${at}` }));
    });
    await home.send(`${BRIDGE}/info`, Buffer.alloc(200_000, '['));
    await ask(home, 'health_check', {});
    expect(hub.log.length).toBeGreaterThan(0);
    expectFewLines(hub.log);
    // Nor does it answer each of them.
    const own = home.seen.filter(({ topic, text }) => topic === `${BRIDGE}/info` && text.includes('"radio"'));
    expect(own.length).toBeLessThanOrEqual(2 + HUB_RENEWALS_BURST);
  });

  it.for([
    ['commands for links that are not there', 'tandem/kitchen/link/nobody/set/connect', {}],
    ['retained commands', `${LINK}/set/connect`, { retain: true }],
    ['requests with verbs that are too long', `${BRIDGE}/request/${'x'.repeat(100)}`, {}],
    ['answers that may go nowhere', `${BRIDGE}/request/options`, { properties: { responseTopic: 'tandem/x' } }],
    ['bodies that are no JSON', `${BRIDGE}/request/options`, {}],
    ['states of the hub', `${BRIDGE}/state`, {}],
    ['states of links', `${LINK}/state`, {}],
    ['discovery', `homeassistant/device/tandem_kitchen_${PHONE}/config`, {}],
    ['the status of Home Assistant', 'homeassistant/status', {}],
  ] as const)('cannot fill it with %s', async ([_, topic, options], { skip }) => {
    const { home, hub } = await createHome(skip, { isChecked: false });
    const { text: level } = await home.when(`${BRIDGE}/info`);
    expect(JSON.parse(level).logging).toBe('off');
    await sendMany((at) => home.send(topic, `x${at}`, options));
    // When it answers, or says that there are too many, it has seen them all.
    await ask(home, 'health_check', {});
    expectFewLines(hub.log);
  });

  it('gets a few restarts, and no line of the log for them', async ({ skip }) => {
    const { home, hub, stage } = await createHome(skip);
    for (let at = 0; at < HUB_RENEWALS_BURST; at += 1) {
      const back = home.next(`${BRIDGE}/state`, ({ text }) => text === 'online');
      expect(await ask(home, 'restart', {})).toEqual({ status: 'ok', data: {} });
      await passTimeUntil(stage.clock, back);
    }
    expect(await ask(home, 'restart', {})).toMatchObject({
      status: 'error',
      error: { code: 'rateLimited', retryable: true, message: 'This was asked for too often in a short time.' },
    });
    expect(hub.log).toEqual([]);
    stage.clock.increment(60_000);
    expect(await ask(home, 'restart', {})).toEqual({ status: 'ok', data: {} });
  });

  it('gets everything published anew a few times only, however often Home Assistant seems to come back', async ({
    skip,
  }) => {
    const { home, stage } = await createHome(skip);
    for (let at = 0; at < 4 * HUB_RENEWALS_BURST; at += 1) {
      await home.send('homeassistant/status', 'online');
      await ask(home, 'health_check', {});
      stage.clock.increment(500);
      await ask(home, 'health_check', {});
    }
    stage.clock.increment(10_000);
    await ask(home, 'health_check', {});
    const births = home.seen.filter(({ topic, text }) => topic === `${BRIDGE}/state` && text === 'online');
    expect(births.length).toBeLessThanOrEqual(2 + HUB_RENEWALS_BURST);
    expect(births.length).toBeGreaterThan(2);
  });

  it('cannot make a hub clear topics of another by the device id of the former', async ({ skip }) => {
    const { home, hub, stage, mosquitto } = await createHome(skip, { isChecked: false });
    const attic = await stage.addDevice('attic');
    await startHub(stage, { url: mosquitto.url, broker: attic });
    await home.when('tandem/attic/bridge/state', ({ text }) => text === 'online');
    const topics = [...(await readRetained(mosquitto.url)).keys()].filter((topic) => topic.includes('attic'));
    expect(topics.length).toBeGreaterThan(5);
    // The attic's device, with the serial number of the kitchen; and devices of the attic that claim to be the kitchen's.
    const [device = '', link = ''] = topics.filter((topic) => topic.startsWith('homeassistant/'));
    await home.send(device, discoveryOf('tandem_attic', { serial_number: 'kitchen' }), { retain: true });
    await home.send(link, discoveryOf('tandem_attic_x', { via_device: 'tandem_kitchen' }), { retain: true });
    await home.send('tandem/attic/bridge/info', JSON.stringify({ deviceId: 'kitchen', epoch: 'x' }), { retain: true });
    const back = home.next(`${BRIDGE}/state`, ({ text }) => text === 'online');
    await ask(home, 'restart', {});
    await passTimeUntil(stage.clock, back);
    await passCleanUp(stage.clock, home);
    expect([...(await readRetained(mosquitto.url)).keys()]).toEqual(expect.arrayContaining(topics));
    expect(hub.log).toEqual([]);
  });

  it('does not have its own words in what the hub publishes', async ({ skip }) => {
    const storage = createStorage();
    const { home, hub, stage, mosquitto } = await createHome(skip, { storage, isChecked: false });
    await hub.close();
    const topic = `homeassistant/device/tandem_kitchen_${PHONE}/config`;
    const left = JSON.parse((await home.when(topic)).text);
    const forged = { extra: { platform: 'evil' }, 'a b': { platform: 'sensor' }, old: { platform: 'sensor' } };
    await home.send(topic, JSON.stringify({ ...left, components: forged }), { retain: true });
    const back = home.next(`${BRIDGE}/state`, ({ text }) => text === 'online');
    await startHub(stage, { url: mosquitto.url, storage });
    await back;
    const passing = home.next(topic, ({ text }) => text.includes('"old"'));
    await passCleanUp(stage.clock, home);
    const { components } = JSON.parse((await passing).text);
    expect(components.old).toEqual({ platform: 'sensor' });
    expect(Object.keys(components)).not.toEqual(expect.arrayContaining(['extra']));
    expect(Object.keys(components)).not.toEqual(expect.arrayContaining(['a b']));
  });
});

describe('an answer that may not go where it was asked for', () => {
  it('goes to the usual topic with the correlation data, and the log says why', async ({ skip }) => {
    const { home, hub } = await createHome(skip);
    const correlationData = Buffer.from('c1');
    const answered = home.next(`${BRIDGE}/response/session/list`);
    const properties = { responseTopic: 'tandem/attic/bridge/request/restart', correlationData };
    await home.send(`${BRIDGE}/request/session/list`, '{"transaction":7}', { properties });
    const { text, properties: got } = await answered;
    expect(JSON.parse(text)).toMatchObject({ status: 'error', error: { code: 'invalidParams' } });
    expect(got?.correlationData).toEqual(correlationData);
    expect(hub.log).toEqual([
      `${BRIDGE}/response/session/list has the answer to a request: it may not go to "tandem/attic/bridge/request/restart"`,
    ]);
  });

  it('goes there, too, where the MQTT broker refuses it, as it says with MQTT 5', async ({ skip }) => {
    const access = async (directory: string): Promise<string[]> => {
      const file = join(directory, 'acl');
      await writeFile(file, ['topic readwrite #', 'topic deny flows/closed'].join('\n'));
      return ['allow_anonymous true', `acl_file ${file}`];
    };
    const { home, hub } = await createHome(skip, { access });
    const answered = home.next(`${BRIDGE}/response/health_check`);
    const correlationData = Buffer.from('c2');
    const properties = { responseTopic: 'flows/closed', correlationData };
    await home.send(`${BRIDGE}/request/health_check`, '{"transaction":"t"}', { properties });
    const { text, properties: got } = await answered;
    expect(JSON.parse(text)).toEqual({ status: 'ok', data: { healthy: true }, transaction: 't' });
    expect(got?.correlationData).toEqual(correlationData);
    expect(hub.log).toEqual([
      expect.stringMatching(/^MQTT broker .* does not let this hub publish at flows\/closed: .*Not authorized/),
    ]);
    expect(hub.status()).toMatchObject({ isConnected: true, refused: 1 });
  });
});

describe('two hubs of one id', () => {
  it('warn of each other once, and neither takes away what is the other’s', async ({ skip }) => {
    const settings = { hubId: 'home', discovery: DEFAULT_DISCOVERY };
    const { stage, mosquitto, home } = await createHome(skip, { isChecked: false });
    const attic = await stage.addDevice('attic');
    const cellar = await stage.addDevice('cellar');
    const first = await startHub(stage, { url: mosquitto.url, broker: attic, settings });
    // A link with the cellar, which the cellar's own hub has not.
    await home.when(/^homeassistant.*tandem_home_cellar.*config$/);
    await passCleanUp(stage.clock, home, 'home');
    const before = [...(await readRetained(mosquitto.url)).keys()].filter((topic) => topic.includes('cellar-'));
    expect(before.length).toBeGreaterThan(3);
    const second = await startHub(stage, { url: mosquitto.url, broker: cellar, settings });
    await home.when('tandem/home/bridge/info', ({ text }) => JSON.parse(text).deviceId === 'cellar');
    while ([first, second].some(({ log }) => log.length === 0)) await home.settle();
    await passCleanUp(stage.clock, home, 'home');
    const after = [...(await readRetained(mosquitto.url)).keys()];
    expect(after).toEqual(expect.arrayContaining(before));
    const line = (other: string): string => `device ${other} is hub "home", too: give one of them another mqtt.hub`;
    expect([first.log, second.log]).toEqual([[line('cellar')], [line('attic')]]);
  });
});

describe('a hub that was installed anew', () => {
  it('does not warn of itself, and takes away what it left under another device id', async ({ skip }) => {
    const { stage, mosquitto, home, hub } = await createHome(skip);
    await hub.close();
    const anew = await stage.addDevice('kitchen-anew', 'kitchen');
    const wanted = [...(await readRetained(mosquitto.url)).keys()].filter((topic) => !topic.includes('kitchen-anew'));
    const ghost = `homeassistant/device/tandem_kitchen_gone-1/config`;
    await home.send(
      ghost,
      JSON.stringify({
        device: { identifiers: ['tandem_kitchen_gone-1'], name: 'Gone', via_device: 'tandem_kitchen' },
        origin: { name: 'tandem', sw_version: '1.0.0', support_url: 'https://example.org' },
        components: { connect: { platform: 'button' } },
      }),
      { retain: true },
    );
    await home.send('tandem/kitchen/link/gone-1/state', '{}', { retain: true });
    const back = home.next(`${BRIDGE}/state`, ({ text }) => text === 'online');
    const second = await startHub(stage, { url: mosquitto.url, broker: anew });
    await back;
    await passCleanUp(stage.clock, home);
    await home.when(ghost, ({ text }) => text === '');
    const kept = [...(await readRetained(mosquitto.url)).keys()];
    expect(kept).toEqual(expect.arrayContaining(wanted));
    expect(kept.filter((topic) => topic.includes('gone'))).toEqual([]);
    expect(second.log).toEqual([]);
  });
});
