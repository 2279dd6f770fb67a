import { describe, expect, it } from 'vitest';
import { HUB_APP, type HubService } from '../../src/hub/settings.js';
import { REQUIRED_PERMISSIONS } from '../../src/protocol/codes.js';
import type { ConnectResult } from '../../src/protocol/collaboration.js';
import { ask, BRIDGE, connectByButton, createHome, ECHO, LINK, linkOf, PHONE, type Stage } from './hub-stage.js';
import { readRetained } from './observer.js';

/** The app of the phone that asks for a session by itself. */
const OWN: HubService = {
  serviceName: 'shopping list',
  bundleName: 'org.example.notes',
  moduleName: 'entry',
  abilityName: 'Notes',
  onRequest: 'button',
};

function askFromPhone({ phone, kitchen }: Stage): Promise<ConnectResult> {
  const app = phone.registerApp({ ...OWN, permissions: REQUIRED_PERMISSIONS });
  const { createAbilityConnectionSession, connect } = app.abilityConnectionManager;
  const hub = { deviceId: kitchen.deviceId, ...HUB_APP };
  return connect(createAbilityConnectionSession(OWN.serviceName, app.context, hub, {}));
}

describe('a hub at an MQTT broker', () => {
  it('shows a device nearby, connects by the button, sends by notify, and hears by event', async ({ skip }) => {
    const { home } = await createHome(skip);
    const { text } = await home.when(`homeassistant/device/tandem_kitchen_${PHONE}/config`);
    const { components } = JSON.parse(text);
    await home.send(components.connect.command_topic, 'PRESS');
    await home.when(`${LINK}/state`, (seen) => JSON.parse(seen.text).connected === true);
    const heard = home.next(components.event.state_topic, (seen) => JSON.parse(seen.text).event_type === 'message');
    await home.send(components.message.command_topic, 'Someone is at the door – 門');
    const event = JSON.parse((await heard).text);
    expect(event).toMatchObject({ msg: 'Someone is at the door – 門', sessionId: 100, offset: 2 });
    await home.send(components.disconnect.command_topic, 'PRESS');
    await home.when(`${LINK}/state`, (seen) => JSON.parse(seen.text).state === 'disconnected');
  });

  it('shows where its page is, and the room that was set', async ({ skip }) => {
    const { home, hub } = await createHome(skip, { settings: { area: 'Kitchen' } });
    const first = JSON.parse((await home.when('homeassistant/device/tandem_kitchen/config')).text);
    expect(first.device).toMatchObject({ suggested_area: 'Kitchen' });
    expect(first.device).not.toHaveProperty('configuration_url');
    const both = [
      home.next('homeassistant/device/tandem_kitchen/config'),
      home.next(`homeassistant/device/tandem_kitchen_${PHONE}/config`),
    ];
    hub.setPage('http://kitchen.home:8420/');
    for (const { text } of await Promise.all(both)) {
      expect(JSON.parse(text).device).toMatchObject({
        suggested_area: 'Kitchen',
        configuration_url: 'http://kitchen.home:8420/',
      });
    }
  });

  it('retains state and never an event', async ({ skip }) => {
    const { home, mosquitto } = await createHome(skip);
    await connectByButton(home);
    const kept = await readRetained(mosquitto.url);
    expect([...kept.keys()].sort()).toEqual(
      [
        `${BRIDGE}/health`,
        `${BRIDGE}/info`,
        `${BRIDGE}/sessions`,
        `${BRIDGE}/state`,
        `${LINK}/availability`,
        `${LINK}/health`,
        `${LINK}/request`,
        `${LINK}/state`,
        'homeassistant/device/tandem_kitchen/config',
        `homeassistant/device/tandem_kitchen_${PHONE}/config`,
      ].sort(),
    );
  });

  it('carries data as raw bytes in both directions', async ({ skip }) => {
    const { home } = await createHome(skip);
    await connectByButton(home);
    const bytes = Buffer.from([0, 255, 1, 128]);
    const heard = home.next(`${LINK}/data`);
    await home.send(`${LINK}/set/data`, bytes);
    const { payload, properties } = await heard;
    expect(payload).toEqual(bytes);
    expect(properties?.userProperties).toEqual({ sessionId: '100' });
    const event = await home.when(`${LINK}/event`, ({ text }) => JSON.parse(text).event_type === 'data');
    expect(JSON.parse(event.text)).toMatchObject({ bytes: 4, isPublished: true });
  });

  it('tells by an event when a command fails', async ({ skip }) => {
    const { home } = await createHome(skip);
    for (const [verb, payload, code] of [
      ['message', 'hello', 'sessionNotConnected'],
      ['message', Buffer.from([0xff]), 'invalidParameter'],
      ['message', 'x'.repeat(1_025), 'invalidParameter'],
      ['accept', 'PRESS', 'tokenNotFound'],
      ['launch', 'PRESS', 'methodNotFound'],
    ] as const) {
      const failed = home.next(`${LINK}/event`);
      await home.send(`${LINK}/set/${verb}`, payload);
      expect(JSON.parse((await failed).text)).toMatchObject({ event_type: 'error', code });
    }
  });

  it('lets a peer that asks wait for the button', async ({ skip }) => {
    const { home, stage } = await createHome(skip, { settings: { services: [ECHO, OWN] } });
    const link = linkOf('phone', OWN);
    const request = `tandem/kitchen/link/${link}/request`;
    await home.when(request, ({ text }) => text === 'offline');
    const asking = askFromPhone(stage);
    await home.when(request, ({ text }) => text === 'online');
    const answered = home.next(request, ({ text }) => text === 'offline');
    await home.send(`tandem/kitchen/link/${link}/set/accept`, 'PRESS');
    expect(await asking).toMatchObject({ isConnected: true });
    await home.when(`tandem/kitchen/link/${link}/state`, ({ text }) => JSON.parse(text).connected === true);
    await answered;
  });

  it.for([
    ['accept', { isConnected: true, reason: '' }],
    ['never', { isConnected: false, errorCode: 1, reason: 'This hub takes no requests for this service.' }],
  ] as const)('answers a peer that asks as the policy "%s" says', async ([onRequest, result], { skip }) => {
    const { stage } = await createHome(skip, { settings: { services: [ECHO, { ...OWN, onRequest }] } });
    expect(await askFromPhone(stage)).toEqual(result);
  });

  it('speaks MQTT 3.1.1 on request', async ({ skip }) => {
    const { home } = await createHome(skip, { server: { version: '3.1.1' } });
    await connectByButton(home);
    expect(await ask(home, 'message/send', { link: PHONE, msg: 'hello' })).toMatchObject({ status: 'ok' });
    await home.when(`${LINK}/event`, ({ text }) => JSON.parse(text).msg === 'hello');
  });
});
