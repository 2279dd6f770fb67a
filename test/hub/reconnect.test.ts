import { describe, expect, it } from 'vitest';
import { HUB_APP } from '../../src/hub/settings.js';
import { MAX_MQTT_QUEUE } from '../../src/protocol/hub-limits.js';
import { createStage, ECHO, linkOf, passTimeUntil, startHub } from './hub-stage.js';
import { startMosquitto } from './mosquitto.js';
import { observe, readRetained } from './observer.js';

const PHONE = linkOf('phone');
const LINK = `tandem/kitchen/link/${PHONE}`;
const ONLINE = { topic: 'tandem/kitchen/bridge/state', text: 'online' };

function isOnline({ text }: { readonly text: string }): boolean {
  return text === ONLINE.text;
}

/** Bodies without what is different on every publication. */
async function keptAt(url: string): Promise<ReadonlyMap<string, string>> {
  const kept = new Map(await readRetained(url));
  kept.delete('tandem/kitchen/bridge/health');
  return kept;
}

describe('a hub whose MQTT broker comes and goes', () => {
  it('starts without a broker, and is there when the broker is', async ({ skip }) => {
    const mosquitto = await startMosquitto(skip);
    await mosquitto.stop();
    const stage = await createStage();
    const hub = await startHub(stage, { url: mosquitto.url });
    await mosquitto.start();
    const home = await observe(mosquitto.url);
    await passTimeUntil(stage.clock, home.when(ONLINE.topic, isOnline));
    expect(hub.log[0]).toMatch(/^MQTT broker mqtt:\/\/127\.0\.0\.1:\d+: .*ECONNREFUSED/);
    expect(new Set(hub.log).size).toBe(hub.log.length);
  });

  it('publishes exactly the same again to a broker that restarted and kept nothing', async ({ skip }) => {
    const mosquitto = await startMosquitto(skip);
    const stage = await createStage();
    await startHub(stage, { url: mosquitto.url });
    const first = await observe(mosquitto.url);
    await first.when(`${LINK}/availability`, isOnline);
    await first.when(ONLINE.topic, isOnline);
    const before = await keptAt(mosquitto.url);
    await mosquitto.stop();
    await mosquitto.start();
    const second = await observe(mosquitto.url);
    expect(await second.settle().then(() => second.seen.filter(({ topic }) => topic.endsWith('/config')))).toEqual([]);
    await passTimeUntil(stage.clock, second.when(ONLINE.topic, isOnline));
    expect(await keptAt(mosquitto.url)).toEqual(before);
    expect(before.size).toBeGreaterThan(7);
  });

  it('fires each event once: those of before never again, those of meanwhile when the broker is back', async ({
    skip,
  }) => {
    const mosquitto = await startMosquitto(skip);
    const stage = await createStage();
    await startHub(stage, { url: mosquitto.url });
    const first = await observe(mosquitto.url);
    await first.when(`${LINK}/availability`, isOnline);
    await first.send(`${LINK}/set/connect`, 'PRESS');
    await first.send(`${LINK}/set/message`, 'before');
    await first.when(`${LINK}/event`, ({ text }) => JSON.parse(text).msg === 'before');
    await mosquitto.stop();
    sendFromPhone(stage, 'meanwhile');
    await mosquitto.start();
    const second = await observe(mosquitto.url);
    await passTimeUntil(stage.clock, second.when(`${LINK}/event`));
    await second.settle();
    const texts = second.seen.filter(({ topic }) => topic === `${LINK}/event`).map(({ text }) => JSON.parse(text).msg);
    expect(texts).toEqual(['meanwhile']);
  });

  it('publishes everything that was sent to it while the broker was away, however much, and takes no session that would end it', async ({
    skip,
  }) => {
    const mosquitto = await startMosquitto(skip);
    const stage = await createStage();
    await startHub(stage, { url: mosquitto.url, settings: { services: [{ ...ECHO, onRequest: 'accept' }] } });
    const first = await observe(mosquitto.url);
    await first.when(`${LINK}/availability`, isOnline);
    const { abilityConnectionManager: manager, context } = stage.echo;
    const hub = { deviceId: 'kitchen', ...HUB_APP };
    const sessionId = manager.createAbilityConnectionSession(ECHO.serviceName, context, hub, {});
    expect(await manager.connect(sessionId)).toMatchObject({ isConnected: true });
    await first.when(`${LINK}/event`, ({ text }) => JSON.parse(text).event_type === 'connect');
    await mosquitto.stop();

    // More than half of what may wait for the broker.
    const texts = Array.from({ length: MAX_MQTT_QUEUE }, (_, index) => `text ${index}`);
    for (const text of texts) await manager.sendMessage(sessionId, text);
    expect(stage.kitchen.counters().unheardBytes).toBeGreaterThan(0);
    manager.disconnect(sessionId);
    const refusal = { isConnected: false, errorCode: 1, reason: expect.stringContaining('MQTT broker') };
    expect(await manager.connect(sessionId)).toMatchObject(refusal);

    await mosquitto.start();
    const second = await observe(mosquitto.url);
    const last = second.when(`${LINK}/event`, ({ text }) => JSON.parse(text).msg === texts.at(-1));
    await passTimeUntil(stage.clock, last);
    const events = second.seen.filter(({ topic }) => topic === `${LINK}/event`).map(({ text }) => JSON.parse(text));
    expect(events.filter(({ event_type: type }) => type === 'message').map(({ msg }) => msg)).toEqual(texts);
    expect(await manager.connect(sessionId)).toMatchObject({ isConnected: true });
  });

  it('sends discovery and state again when Home Assistant comes back, after a random delay', async ({ skip }) => {
    const mosquitto = await startMosquitto(skip);
    const stage = await createStage();
    const hub = await startHub(stage, { url: mosquitto.url, random: () => 0.75 });
    const home = await observe(mosquitto.url);
    await home.when(`${LINK}/availability`, isOnline);
    await home.when(ONLINE.topic, isOnline);
    await home.send('homeassistant/status', 'online');
    // Whatever the hub did about the birth, it did before it answers.
    const answered = home.next(/health_check$/, ({ text }) => text.includes('ok'));
    await home.send('tandem/kitchen/bridge/request/health_check');
    await answered;
    stage.clock.increment(7_499);
    await home.settle();
    const count = home.seen.filter(({ topic }) => topic.endsWith('/config')).length;
    const [discovered, stated] = [home.next(/_kitchen_.*\/config$/), home.next(`${LINK}/state`)];
    stage.clock.increment(1);
    await Promise.all([discovered, stated]);
    expect(count).toBe(2);
    expect(hub.log).toEqual([]);
  });

  it('says online again when the will of a connection that it lost comes late', async ({ skip }) => {
    const mosquitto = await startMosquitto(skip);
    const stage = await createStage();
    await startHub(stage, { url: mosquitto.url });
    const home = await observe(mosquitto.url);
    await home.when(ONLINE.topic, isOnline);
    await home.send(ONLINE.topic, 'offline', { retain: true });
    await home.when(ONLINE.topic, isOnline);
    await passTimeUntil(stage.clock, untilKept(mosquitto.url, ONLINE.topic, ONLINE.text));
  });

  it('warns when another device has the same hub id', async ({ skip }) => {
    const mosquitto = await startMosquitto(skip);
    const stage = await createStage();
    const attic = await stage.addDevice('attic');
    const first = await startHub(stage, { url: mosquitto.url, settings: { hubId: 'home' } });
    const home = await observe(mosquitto.url, { isChecked: false });
    await home.when('tandem/home/bridge/state', isOnline);
    const second = await startHub(stage, { url: mosquitto.url, broker: attic, settings: { hubId: 'home' } });
    await home.when('tandem/home/bridge/info', ({ text }) => JSON.parse(text).deviceId === 'attic');
    await passTimeUntil(
      stage.clock,
      untilTrue(() => [first, second].every(({ log }) => log.length > 0)),
    );
    expect(first.log[0]).toBe('device attic is hub "home", too: give one of them another mqtt.hub');
  });

  it('says that it is offline when it is closed, and nothing is left running', async ({ skip }) => {
    const mosquitto = await startMosquitto(skip);
    const stage = await createStage();
    const hub = await startHub(stage, { url: mosquitto.url });
    const home = await observe(mosquitto.url);
    await home.when(`${LINK}/availability`, isOnline);
    await home.send(`${LINK}/set/connect`, 'PRESS');
    await home.when(`${LINK}/event`);
    await hub.close();
    await home.when(ONLINE.topic, ({ text }) => text === 'offline');
    await home.when(`${LINK}/event`, ({ text }) => JSON.parse(text).event_type === 'disconnect');
    expect(stage.kitchen.listSessions().filter(({ state }) => state === 'connected')).toEqual([]);
  });
});

/** The echo app of the phone says something by itself. */
function sendFromPhone({ echo, phone }: Awaited<ReturnType<typeof createStage>>, msg: string): void {
  const [session] = phone.listSessions();
  void echo.abilityConnectionManager.sendMessage(session?.sessionId ?? 0, msg);
}

async function untilKept(url: string, topic: string, text: string): Promise<void> {
  while ((await readRetained(url)).get(topic) !== text);
}

async function untilTrue(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setImmediate(resolve));
}
