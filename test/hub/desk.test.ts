import { describe, expect, it } from 'vitest';
import { SimulatedClock } from 'xstate';
import { createDesk } from '../../src/hub/desk.js';
import { registerHubApp } from '../../src/hub/hub-app.js';
import { createHubLink } from '../../src/hub/hub-link.js';
import { openHubLinks } from '../../src/hub/hub-links.js';
import { NOTHING_KNOWN } from '../../src/hub/hub-memory.js';
import type { Publication, Received } from '../../src/hub/publication.js';
import { HUB_APP } from '../../src/hub/settings.js';
import { createTopics } from '../../src/hub/topics.js';
import {
  HUB_CALLS_BURST,
  MAX_CORRELATION_BYTES,
  MAX_HUB_CALLS_IN_FLIGHT,
  MAX_MQTT_DATA_BYTES,
  MAX_MQTT_REQUEST_BYTES,
} from '../../src/protocol/hub-limits.js';
import { turns } from '../support/time.js';
import { createStage, ECHO, linkOf } from './hub-stage.js';

const topics = createTopics('tandem', 'kitchen');
const PHONE = linkOf('phone');

/** A desk with a link to the phone, and no MQTT broker: the test hands it the messages. */
async function createOffice() {
  const stage = await createStage();
  const published: Publication[] = [];
  const failures: object[] = [];
  const app = registerHubApp(stage.kitchen, HUB_APP, () => undefined);
  const links = openHubLinks(NOTHING_KNOWN, {
    services: [ECHO],
    create: (start) =>
      createHubLink({
        ...start,
        app,
        timers: stage.clock,
        epoch: 'e',
        onChange() {},
        onEvent: (_type, _offset, fields) => void failures.push(fields),
        onData() {},
      }),
    onAdded() {},
    onRemoved() {},
    onFull() {},
    save() {},
  });
  links.see([{ deviceId: 'phone', deviceName: 'Phone', isOurs: true, isLinked: false }]);
  const clock = new SimulatedClock();
  const lines: string[] = [];
  const desk = createDesk({
    topics,
    links,
    timers: clock,
    controls: { setLogging() {}, describe: () => ({}), restart() {} },
    publish: (publication) => void published.push(publication),
    isAnswerTopic: () => true,
    log: (_, line) => void lines.push(line),
  });
  const take = (topic: string, payload: string | Buffer = '', more: Partial<Received> = {}): void =>
    desk.take({ topic, payload: Buffer.from(payload), isRetained: false, ...more });
  return { desk, take, published, failures, lines, clock, stage, links };
}

function codesOf(published: readonly Publication[]): unknown[] {
  return published.map(({ payload }) => JSON.parse(payload.toString()).error?.code);
}

describe('the desk of a hub', () => {
  it('takes a burst, and then as many commands a second as it may', async () => {
    const { take, published, clock, desk } = await createOffice();
    const check = topics.request('health_check');
    for (let at = 0; at < HUB_CALLS_BURST + 1; at += 1) take(check);
    await turns();
    expect(codesOf(published).filter((code) => code === 'tooManyInFlight')).toHaveLength(1);
    clock.increment(1_000);
    for (let at = 0; at < 21; at += 1) take(check);
    await turns();
    expect(desk.refused).toBe(2);
  });

  it('has no more under way than it may, however fast they come', async () => {
    const { take, published, stage } = await createOffice();
    // A session that is connected, and a peer that acknowledges nothing.
    take(topics.request('session/connect'), JSON.stringify({ link: PHONE }));
    while (published.length === 0) await turns();
    stage.air.stall('phone');
    published.length = 0;
    const send = JSON.stringify({ link: PHONE, msg: 'x' });
    for (let at = 0; at < MAX_HUB_CALLS_IN_FLIGHT + 3; at += 1) take(topics.request('message/send'), send);
    await turns();
    expect(codesOf(published)).toEqual(['tooManyInFlight', 'tooManyInFlight', 'tooManyInFlight']);
  });

  it('refuses what is too long before it is looked at', async () => {
    const { take, published, failures } = await createOffice();
    take(topics.request('session/get'), Buffer.alloc(MAX_MQTT_REQUEST_BYTES + 1, ' '));
    const correlationData = Buffer.alloc(MAX_CORRELATION_BYTES + 1);
    take(topics.request('health_check'), '', { responseTopic: 'a', correlationData });
    take(topics.set(PHONE, 'data'), Buffer.alloc(MAX_MQTT_DATA_BYTES + 1));
    await turns();
    expect(codesOf(published)).toEqual(['invalidParams', 'invalidParams']);
    expect(failures).toMatchObject([{ code: 'invalidParameter' }]);
  });

  it('does not let strangers fill its log, nor answer where no verb of ours could be', async () => {
    const { take, published, lines } = await createOffice();
    for (let at = 0; at < 1_000; at += 1) take(topics.set('nobody', 'connect'));
    take(topics.request('x'.repeat(65)));
    await turns();
    expect(lines.length).toBeLessThan(20);
    expect(published).toEqual([]);
  });
});
