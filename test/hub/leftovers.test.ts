import { describe, expect, it } from 'vitest';
import type { HubService } from '../../src/hub/settings.js';
import { HUB_ADD_AGAIN_MS } from '../../src/protocol/hub-limits.js';
import {
  createStage,
  createStorage,
  ECHO,
  type HubChoice,
  linkOf,
  passCleanUp,
  passTimeUntil,
  type RunningHub,
  type Stage,
  startHub,
} from './hub-stage.js';
import { startMosquitto } from './mosquitto.js';
import { type Observer, observe, readRetained } from './observer.js';

const PHONE = linkOf('phone');
const DISCOVERY = `homeassistant/device/tandem_kitchen_${PHONE}/config`;

function topicsOf(hubId: string, links: readonly string[]): string[] {
  return [
    ...['health', 'info', 'sessions', 'state'].map((name) => `tandem/${hubId}/bridge/${name}`),
    ...links.flatMap((link) =>
      ['availability', 'health', 'request', 'state'].map((name) => `tandem/${hubId}/link/${link}/${name}`),
    ),
    `homeassistant/device/tandem_${hubId}/config`,
    ...links.map((link) => `homeassistant/device/tandem_${hubId}_${link}/config`),
  ].sort();
}

function untilOnline(home: Observer, hubId = 'kitchen', link = PHONE): Promise<unknown> {
  return home.when(`tandem/${hubId}/link/${link}/availability`, ({ text }) => text === 'online');
}

/** Another run of the kitchen's hub, until it has looked at what stood there. */
async function startAgain(stage: Stage, home: Observer, choice: HubChoice): Promise<RunningHub> {
  const back = home.next('tandem/kitchen/bridge/state', ({ text }) => text === 'online');
  const hub = await startHub(stage, choice);
  await back;
  await passCleanUp(stage.clock, home);
  return hub;
}

/** Resolves when the broker keeps these topics and no others. */
async function untilKept(url: string, topics: readonly string[]): Promise<void> {
  const wanted = JSON.stringify([...topics].sort());
  while (JSON.stringify([...(await readRetained(url)).keys()].sort()) !== wanted);
}

describe('what a hub leaves at the MQTT broker', () => {
  it('is taken away under its former id when the hub is renamed, and nothing of other hubs', async ({ skip }) => {
    const mosquitto = await startMosquitto(skip);
    const stage = await createStage();
    const attic = await stage.addDevice('attic');
    const storage = createStorage();
    await startHub(stage, { url: mosquitto.url, broker: attic, settings: { services: [ECHO] } });
    const old = await startHub(stage, { url: mosquitto.url, storage });
    const home = await observe(mosquitto.url);
    await untilOnline(home);
    await untilOnline(home, 'attic');
    await old.close();
    await startHub(stage, { url: mosquitto.url, storage, settings: { hubId: 'scullery' } });
    await untilOnline(home, 'scullery');
    const links = (other: string): string[] => [PHONE, linkOf(other)];
    const wanted = [...topicsOf('attic', links('kitchen')), ...topicsOf('scullery', links('attic'))];
    await passCleanUp(stage.clock, home, 'scullery');
    await untilKept(mosquitto.url, wanted);
  });

  it('is taken away for links whose service is gone, and for other modes of discovery', async ({ skip }) => {
    const mosquitto = await startMosquitto(skip);
    const stage = await createStage();
    const storage = createStorage();
    const notes: HubService = { ...ECHO, serviceName: 'notes' };
    const first = await startHub(stage, { url: mosquitto.url, storage, settings: { services: [ECHO, notes] } });
    const home = await observe(mosquitto.url, { isChecked: false });
    await untilOnline(home);
    await untilOnline(home, 'kitchen', linkOf('phone', notes));
    await first.close();
    const discovery = { mode: 'component', prefix: 'homeassistant', statusTopic: 'homeassistant/status' } as const;
    const second = await startAgain(stage, home, { url: mosquitto.url, storage, settings: { discovery } });
    await passTimeUntil(
      stage.clock,
      home.when(`homeassistant/notify/tandem_kitchen_${PHONE}/message/config`, ({ text }) => text !== ''),
    );
    const gone = `tandem/kitchen/link/${linkOf('phone', notes)}/state`;
    await passTimeUntil(
      stage.clock,
      home.when(gone, ({ text }) => text === ''),
    );
    await second.close();
    await startAgain(stage, home, { url: mosquitto.url, storage });
    await passTimeUntil(stage.clock, untilKept(mosquitto.url, topicsOf('kitchen', [PHONE])));
  });

  it('is taken away and added again after a pause, where the same entities stood there in another form', async ({
    skip,
  }) => {
    const mosquitto = await startMosquitto(skip);
    const stage = await createStage();
    const home = await observe(mosquitto.url, { isChecked: false });
    const left = {
      device: { identifiers: [`tandem_kitchen_${PHONE}`], via_device: 'tandem_kitchen' },
      origin: { name: 'tandem' },
    };
    const old = `homeassistant/button/tandem_kitchen_${PHONE}/connect/config`;
    await home.send(old, JSON.stringify(left), { retain: true });
    await startHub(stage, { url: mosquitto.url });
    await untilOnline(home);
    await passCleanUp(stage.clock, home);
    await home.when(old, ({ text }) => text === '');
    await home.when(DISCOVERY, ({ text }) => text === '');
    stage.clock.increment(HUB_ADD_AGAIN_MS - 1);
    await home.settle();
    expect((await readRetained(mosquitto.url)).has(DISCOVERY)).toBe(false);
    const added = home.next(DISCOVERY, ({ text }) => text !== '');
    stage.clock.increment(1);
    await added;
  });

  it('loses single components by their platform alone', async ({ skip }) => {
    const mosquitto = await startMosquitto(skip);
    const stage = await createStage();
    const storage = createStorage();
    const first = await startHub(stage, { url: mosquitto.url, storage });
    const home = await observe(mosquitto.url);
    await untilOnline(home);
    await first.close();
    const services: HubService[] = [{ ...ECHO, onRequest: 'accept' }];
    await startAgain(stage, home, { url: mosquitto.url, storage, settings: { services } });
    const { text } = await home.when(DISCOVERY, (seen) => seen.text.includes('"accept":{"platform":"button"}'));
    expect(JSON.parse(text).components).toMatchObject({ reject: { platform: 'button' } });
    const after = await passTimeUntil(stage.clock, home.next(DISCOVERY));
    expect(Object.keys(JSON.parse(after.text).components)).not.toContain('accept');
  });

  it('of other programs is never touched', async ({ skip }) => {
    const mosquitto = await startMosquitto(skip);
    const stage = await createStage();
    const home = await observe(mosquitto.url, { isChecked: false });
    const others = {
      'homeassistant/device/lamp/config': JSON.stringify({
        device: { identifiers: ['lamp'] },
        origin: { name: 'z2m' },
      }),
      'homeassistant/device/odd/config': 'not JSON',
      'homeassistant/device/list/config': '[1]',
      'tandem/attic/bridge/state': 'online',
    };
    for (const [topic, text] of Object.entries(others)) await home.send(topic, text, { retain: true });
    await startHub(stage, { url: mosquitto.url });
    await untilOnline(home);
    await passCleanUp(stage.clock, home);
    expect([...(await readRetained(mosquitto.url)).keys()].sort()).toEqual(
      [...topicsOf('kitchen', [PHONE]), ...Object.keys(others)].sort(),
    );
  });
});

describe('two hubs at one MQTT broker', () => {
  it('have no topic and no entity in common, also of a device that both hear', async ({ skip }) => {
    const mosquitto = await startMosquitto(skip);
    const stage = await createStage();
    const attic = await stage.addDevice('attic');
    await startHub(stage, { url: mosquitto.url });
    await startHub(stage, { url: mosquitto.url, broker: attic });
    // That no unique id comes twice is among the rules that every observer checks.
    const home = await observe(mosquitto.url);
    await untilOnline(home);
    await untilOnline(home, 'attic');
    const bodies = [...(await readRetained(mosquitto.url))].filter(([topic]) => topic.endsWith('/config'));
    const entities = bodies.flatMap(([, text]) =>
      [...text.matchAll(/"default_entity_id":"([^"]+)"/g)].map(([, id]) => id),
    );
    expect(new Set(entities).size).toBe(entities.length);
    const hubs = [...(await readRetained(mosquitto.url)).keys()].filter((topic) => topic.endsWith('/bridge/state'));
    expect(hubs.sort()).toEqual(['tandem/attic/bridge/state', 'tandem/kitchen/bridge/state']);
  });
});

describe('a hub link', () => {
  it('becomes unavailable when its device goes silent, and is available again', async ({ skip }) => {
    const mosquitto = await startMosquitto(skip);
    const stage = await createStage();
    await startHub(stage, { url: mosquitto.url });
    const home = await observe(mosquitto.url);
    await untilOnline(home);
    const topic = `tandem/kitchen/link/${PHONE}/availability`;
    const away = home.next(topic, ({ text }) => text === 'offline');
    stage.air.partition('kitchen', 'phone');
    await passTimeUntil(stage.clock, away);
    const back = home.next(topic, ({ text }) => text === 'online');
    stage.air.heal('kitchen', 'phone');
    await passTimeUntil(stage.clock, back);
  });

  it('is unavailable while the radio of the hub is off, and the hub says why', async ({ skip }) => {
    const mosquitto = await startMosquitto(skip);
    const stage = await createStage();
    await startHub(stage, { url: mosquitto.url });
    const home = await observe(mosquitto.url);
    await untilOnline(home);
    stage.air.setRadio('kitchen', 'poweredOff');
    await home.when(`tandem/kitchen/link/${PHONE}/availability`, ({ text }) => text === 'offline');
    await home.when('tandem/kitchen/bridge/info', ({ text }) => JSON.parse(text).radio.state === 'poweredOff');
    const { text } = await home.when('tandem/kitchen/bridge/event');
    expect(JSON.parse(text)).toEqual({ type: 'radio_state', data: { state: 'poweredOff' } });
  });

  it('is kept while its device is away, also over a restart of the hub, and forgotten after 30 days', async ({
    skip,
  }) => {
    const mosquitto = await startMosquitto(skip);
    const stage = await createStage();
    const { serviceName, bundleName, moduleName, abilityName } = ECHO;
    const known = { serviceName, bundleName, moduleName, abilityName };
    const DAY_MS = 86_400_000;
    const storage = createStorage([
      { ...known, deviceId: 'tablet', deviceName: 'Tablet', lastSeen: Date.now() - 29 * DAY_MS },
      { ...known, deviceId: 'watch', deviceName: 'Watch', lastSeen: Date.now() - 31 * DAY_MS },
    ]);
    await startHub(stage, { url: mosquitto.url, storage });
    const home = await observe(mosquitto.url);
    await untilOnline(home);
    await home.when(`tandem/kitchen/link/${linkOf('tablet')}/availability`, ({ text }) => text === 'offline');
    await untilKept(mosquitto.url, topicsOf('kitchen', [PHONE, linkOf('tablet')]));
  });

  it('is one of a thousand that are all discovered', { timeout: 120_000 }, async ({ skip }) => {
    const mosquitto = await startMosquitto(skip, async () => ['allow_anonymous true', 'max_queued_messages 0']);
    const stage = await createStage();
    for (let device = 0; device < 9; device += 1) await stage.addDevice(`device${device}`);
    const services = Array.from({ length: 100 }, (_, at): HubService => ({ ...ECHO, serviceName: `service ${at}` }));
    const home = await observe(mosquitto.url);
    await startHub(stage, { url: mosquitto.url, settings: { services } });
    const found = new Set<string>();
    await home.when(/\/tandem_kitchen_.*\/config$/, ({ topic }) => found.add(topic).size === 1_000);
    await home.when('tandem/kitchen/bridge/state', ({ text }) => text === 'online');
    const kept = await readRetained(mosquitto.url);
    expect([...kept.keys()].filter((topic) => topic.endsWith('/availability'))).toHaveLength(1_000);
  });
});
