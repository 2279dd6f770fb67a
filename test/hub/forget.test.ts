import { describe, expect, it } from 'vitest';
import { DEFAULT_DISCOVERY, HUB_APP, type HubSettings } from '../../src/hub/settings.js';
import { REQUIRED_PERMISSIONS } from '../../src/protocol/codes.js';
import { HUB_ADD_AGAIN_MS, MAX_LINK_NAME_CHARACTERS } from '../../src/protocol/hub-limits.js';
import {
  ask,
  BRIDGE,
  connectByButton,
  createHome,
  createStorage,
  ECHO,
  LINK,
  PHONE,
  passCleanUp,
  passTimeUntil,
  startHub,
} from './hub-stage.js';
import { type Observer, readRetained } from './observer.js';

const DEVICE = `homeassistant/device/tandem_kitchen_${PHONE}/config`;

/** What the broker keeps of the phone. */
async function keptOfPhone(url: string): Promise<string[]> {
  return [...(await readRetained(url)).keys()].filter((topic) => topic.includes(PHONE));
}

/** What Home Assistant does when a person deletes a device: it empties each topic of its discovery. */
async function deleteDevice(home: Observer, url: string): Promise<void> {
  const topics = [...(await readRetained(url)).keys()].filter(
    (topic) => topic.startsWith('homeassistant/') && topic.includes(PHONE),
  );
  expect(topics.length).toBeGreaterThan(0);
  for (const topic of topics) await home.send(topic, '', { retain: true });
}

async function untilGone(url: string): Promise<void> {
  while ((await keptOfPhone(url)).length > 0);
}

function settingsOf(mode: 'device' | 'component'): Partial<HubSettings> {
  return { discovery: { ...DEFAULT_DISCOVERY, mode } };
}

describe('a hub link', () => {
  it('is renamed by request, also over a restart of the hub, and is called after device and service again', async ({
    skip,
  }) => {
    const storage = createStorage();
    const { home, hub, stage, mosquitto } = await createHome(skip, { storage });
    expect(JSON.parse((await home.when(DEVICE)).text).device.name).toBe('Phone A · doorbell');
    const renamed = home.next(DEVICE);
    expect(await ask(home, 'link/rename', { link: PHONE, name: ' Tür ' })).toEqual({ status: 'ok', data: {} });
    expect(JSON.parse((await renamed).text)).toMatchObject({
      device: { name: 'Tür' },
      // What Home Assistant knows its entities by stays.
      components: { state: { default_entity_id: expect.stringMatching(/^sensor\.kitchen_phone_a_/) } },
    });
    await home.when(`${LINK}/state`, ({ text }) => JSON.parse(text).name === 'Tür');
    await hub.close();
    await startHub(stage, { url: mosquitto.url, storage });
    await home.next(DEVICE, ({ text }) => JSON.parse(text).device.name === 'Tür');
    await passCleanUp(stage.clock, home);
    expect(await ask(home, 'link/list', {})).toMatchObject({ data: [{ link: PHONE, name: 'Tür', isPresent: true }] });
    const again = home.next(DEVICE, ({ text }) => JSON.parse(text).device.name === 'Phone A · doorbell');
    await ask(home, 'link/rename', { link: PHONE });
    await again;
  });

  it.for(['', ' ', 7, 'x'.repeat(MAX_LINK_NAME_CHARACTERS + 1), 'two\nlines', '\u001b[2J', '\ud800'])(
    'is not renamed to %j',
    async (name, { skip }) => {
      const { home } = await createHome(skip);
      expect(await ask(home, 'link/rename', { link: PHONE, name })).toMatchObject({ error: { code: 'invalidParams' } });
    },
  );

  it('is forgotten by request: it stays away while its device is there, over a restart, until it is restored', async ({
    skip,
  }) => {
    const storage = createStorage();
    const { home, hub, stage, mosquitto } = await createHome(skip, { storage });
    await connectByButton(home);
    expect(await ask(home, 'link/forget', { link: PHONE })).toEqual({ status: 'ok', data: {} });
    await untilGone(mosquitto.url);
    expect(stage.kitchen.listSessions()).toEqual([]);
    const other = await stage.addDevice('tablet', 'Tablet');
    await home.when(/homeassistant.*tablet.*config/);
    await other.close();
    await hub.close();
    const back = home.next(`${BRIDGE}/state`, ({ text }) => text === 'online');
    await startHub(stage, { url: mosquitto.url, storage });
    await back;
    await passCleanUp(stage.clock, home);
    expect(await keptOfPhone(mosquitto.url)).toEqual([]);
    const { data } = await ask(home, 'link/list', {});
    expect(data).toContainEqual(expect.objectContaining({ link: PHONE, deviceName: 'Phone A', isForgotten: true }));
    const shown = home.next(`${LINK}/availability`, ({ text }) => text === 'online');
    expect(await ask(home, 'link/restore', { link: PHONE })).toEqual({ status: 'ok', data: { link: PHONE } });
    await shown;
    await connectByButton(home);
    expect(await ask(home, 'link/restore', { link: PHONE })).toMatchObject({ error: { code: 'invalidParams' } });
  });

  it('that is forgotten takes no requests of its device', async ({ skip }) => {
    const { home, stage } = await createHome(skip, { settings: { services: [{ ...ECHO, onRequest: 'accept' }] } });
    await ask(home, 'link/forget', { deviceId: 'phone', serviceName: ECHO.serviceName });
    stage.echo.close();
    const app = stage.phone.registerApp({ ...ECHO, permissions: REQUIRED_PERMISSIONS });
    const { createAbilityConnectionSession, connect } = app.abilityConnectionManager;
    const peer = { deviceId: stage.kitchen.deviceId, ...HUB_APP };
    const result = await connect(createAbilityConnectionSession(ECHO.serviceName, app.context, peer, {}));
    expect(result).toMatchObject({ isConnected: false, reason: 'This hub has no such service.' });
  });

  it.for([
    ['device', '5'],
    ['device', '3.1.1'],
    ['component', '5'],
    ['component', '3.1.1'],
  ] as const)(
    'stays away after Home Assistant deletes its device (mode %s, MQTT %s)',
    async ([mode, version], { skip }) => {
      const choice = { settings: settingsOf(mode), server: { version } };
      const { home, hub, stage, mosquitto } = await createHome(skip, choice);
      await passCleanUp(stage.clock, home);
      await deleteDevice(home, mosquitto.url);
      await untilGone(mosquitto.url);
      // A restart of Home Assistant, the next sighting, and a pause in which a device is added again do not bring it back.
      await home.send('homeassistant/status', 'online');
      await ask(home, 'health_check', {});
      stage.clock.increment(30_000);
      await ask(home, 'health_check', {});
      expect(await keptOfPhone(mosquitto.url)).toEqual([]);
      expect(hub.log).toEqual([
        'Phone A · doorbell is forgotten, because its device was deleted by MQTT: link/restore shows it again',
      ]);
      const shown = home.next(`${LINK}/availability`, ({ text }) => text === 'online');
      await ask(home, 'link/restore', { link: PHONE });
      await shown;
    },
  );

  it('is not forgotten when one entity of many loses its topic, nor is the hub when its own device is deleted', async ({
    skip,
  }) => {
    const { home, stage } = await createHome(skip, { settings: settingsOf('component') });
    await passCleanUp(stage.clock, home);
    await home.send(`homeassistant/sensor/tandem_kitchen_${PHONE}/state/config`, '', { retain: true });
    for (const [platform, key] of [
      ['binary_sensor', 'radio'],
      ['sensor', 'sessions'],
      ['select', 'log_level'],
      ['button', 'restart'],
    ]) {
      await home.send(`homeassistant/${platform}/tandem_kitchen/${key}/config`, '', { retain: true });
    }
    expect(await ask(home, 'link/list', {})).toMatchObject({ data: [{ link: PHONE, isForgotten: false }] });
    const back = home.next(/tandem_kitchen\/radio\/config$/, ({ text }) => text !== '');
    await home.send('homeassistant/status', 'online');
    await ask(home, 'health_check', {});
    stage.clock.increment(10_000);
    await back;
  });

  it.for(['5', '3.1.1'] as const)(
    'is not forgotten when the hub itself takes its discovery away for a moment (MQTT %s)',
    async (version, { skip }) => {
      const storage = createStorage();
      // For a moment both forms are there.
      const choice = { storage, settings: settingsOf('component'), isChecked: false };
      const { home, hub, stage, mosquitto } = await createHome(skip, choice);
      await hub.close();
      const back = home.next(`${BRIDGE}/state`, ({ text }) => text === 'online');
      const again = await startHub(stage, { url: mosquitto.url, storage, server: { version } });
      await back;
      await passCleanUp(stage.clock, home);
      await home.when(DEVICE, ({ text }) => text === '');
      stage.clock.increment(HUB_ADD_AGAIN_MS);
      await passTimeUntil(
        stage.clock,
        home.when(DEVICE, ({ text }) => text !== ''),
      );
      expect(await ask(home, 'link/list', {})).toMatchObject({ data: [{ link: PHONE, isForgotten: false }] });
      expect(again.log).toEqual([]);
      // The next time it is somebody else.
      await deleteDevice(home, mosquitto.url);
      await untilGone(mosquitto.url);
    },
  );
});
