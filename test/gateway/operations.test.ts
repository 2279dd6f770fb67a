import { readFileSync } from 'node:fs';
import { createHistogram } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { createExposition } from '../../src/gateway/http/exposition.js';
import { tellLag } from '../../src/gateway/http/metrics.js';
import { DRAIN_TIMEOUT_MS } from '../../src/protocol/limits.js';
import { connectedPair, createSession, createStage, createToken, openApp, type Station } from './fixture.js';

/** A hub whose MQTT broker is away. */
const HUB = {
  isConnected: false,
  queued: 3,
  published: 40,
  dropped: 2,
  refused: 1,
  linksPresent: 5,
  linksAway: 6,
};

function baseOf({ gateway }: Station): string {
  return gateway.url.replace('ws:', 'http:').replace('/v1/ws', '');
}

async function scrape(station: Station, token: string): Promise<Map<string, number>> {
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(`${baseOf(station)}/metrics`, { headers });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8',
  ]);
  return readSamples(await answer.text());
}

/** By name and labels. Throws on what the exposition format does not allow. */
function readSamples(text: string): Map<string, number> {
  const samples = new Map<string, number>();
  const types = new Map<string, string>();
  expect(text.endsWith('\n')).toBe(true);
  for (const line of text.slice(0, -1).split('\n')) {
    const [, comment, named = '', rest = ''] = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/.exec(line) ?? [];
    if (comment === 'TYPE') {
      expect(types.has(named)).toBe(false);
      types.set(named, rest);
    }
    if (comment !== undefined) continue;
    const sample = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)+\})? (-?[\d.e+-]+)$/.exec(
      line,
    );
    if (sample === null) throw new Error(`no sample: ${line}`);
    const [, name = '', labels = '', value] = sample;
    const family = types.has(name) ? name : name.replace(/_(bucket|sum|count)$/, '');
    expect([...types.keys()].at(-1)).toBe(family);
    if (types.get(family) === 'counter') expect(name).toMatch(/_total$/);
    expect(samples.has(name + labels)).toBe(false);
    samples.set(name + labels, Number(value));
  }
  return samples;
}

describe('/metrics', () => {
  it('tells what a session really did', async () => {
    const stage = await createStage();
    const token = await createToken(stage.kitchen, { scopes: ['read'] });
    const before = await scrape(stage.kitchen, token);
    const { kitchen } = await connectedPair(stage);
    await kitchen.client.call('sendMessage', { sessionId: kitchen.sessionId, msg: 'grüß dich' });
    await kitchen.client.call('sendData', { sessionId: kitchen.sessionId, data: Buffer.alloc(100).toString('base64') });
    await kitchen.client.call('sendMessage', { sessionId: 7, msg: '' }).catch(() => {});
    const after = await scrape(stage.kitchen, token);
    const there = await scrape(stage.phone, await createToken(stage.phone));
    const grown = (name: string): number => (after.get(name) ?? 0) - (before.get(name) ?? 0);
    expect(grown('tandem_sessions{state="connected"}')).toBe(1);
    expect(grown('tandem_links')).toBe(1);
    expect(grown('tandem_texts_total{direction="sent"}')).toBe(1);
    expect(grown('tandem_data_total{direction="sent"}')).toBe(1);
    expect(grown('tandem_payload_bytes_total{direction="sent"}')).toBe(111);
    expect(there.get('tandem_payload_bytes_total{direction="received"}')).toBe(111);
    expect(there.get('tandem_texts_total{direction="received"}')).toBe(1);
    expect(there.get('tandem_data_total{direction="received"}')).toBe(1);
    expect(grown('tandem_connect_duration_seconds_count')).toBe(1);
    expect(grown('tandem_connect_duration_seconds_bucket{le="+Inf"}')).toBe(1);
    expect(grown('tandem_link_open_duration_seconds_count')).toBe(1);
    expect(grown('tandem_clients{kind="authenticated"}')).toBe(1);
    expect(grown('tandem_apps')).toBe(1);
    expect(grown('tandem_calls_rejected_total{kind="sessionNotFound"}')).toBe(1);
    expect(after.get('tandem_radio_state{state="poweredOn"}')).toBe(1);
    expect(after.get('process_resident_memory_bytes')).toBeGreaterThan(1e6);
  });

  it('has the metrics of docs/gateway.md and no others', async () => {
    const { kitchen } = await createStage({ hub: () => HUB });
    const token = await createToken(kitchen);
    await scrape(kitchen, token);
    const page = readFileSync(new URL('../../docs/gateway.md', import.meta.url), 'utf8');
    const documented = [...page.matchAll(/^\| `(\w+)` \| (gauge|counter|histogram) \|/gm)].map(
      ([, name, type]) => `${name} ${type}`,
    );
    const answer = await fetch(`${baseOf(kitchen)}/metrics`, { headers: { authorization: `Bearer ${token}` } });
    const told = [...(await answer.text()).matchAll(/^# TYPE (\w+ \w+)$/gm)].map(([, text]) => text);
    expect(documented.filter((row) => !told.includes(row))).toEqual(
      told.includes('tandem_event_loop_lag_seconds gauge') ? [] : ['tandem_event_loop_lag_seconds gauge'],
    );
    expect(told.filter((row) => !documented.includes(row ?? ''))).toEqual([]);
  });

  it('counts as lag only what a tick took beyond its interval', () => {
    const ticks = createHistogram();
    for (let tick = 1; tick < 100; tick += 1) ticks.record(20_000_000);
    ticks.record(120_000_000);
    const metrics = createExposition();
    tellLag(metrics, ticks);
    const told = readSamples(metrics.toText());
    expect(told.get('tandem_event_loop_lag_seconds{quantile="mean"}')).toBeCloseTo(0.001, 3);
    expect(told.get('tandem_event_loop_lag_seconds{quantile="0.99"}')).toBeCloseTo(0, 3);
    expect(told.get('tandem_event_loop_lag_seconds{quantile="max"}')).toBeCloseTo(0.1, 3);
  });

  it('tells of a hub where there is one', async () => {
    const { kitchen } = await createStage({ hub: () => HUB });
    const token = await createToken(kitchen);
    const told = await scrape(kitchen, token);
    expect(told.get('tandem_mqtt_connected')).toBe(0);
    expect(told.get('tandem_mqtt_queue')).toBe(3);
    expect(told.get('tandem_mqtt_publications_total{outcome="sent"}')).toBe(40);
    expect(told.get('tandem_mqtt_publications_total{outcome="dropped"}')).toBe(2);
    expect(told.get('tandem_mqtt_publications_total{outcome="refused"}')).toBe(1);
    expect(told.get('tandem_hub_links{state="present"}')).toBe(5);
    expect(told.get('tandem_hub_links{state="away"}')).toBe(6);
    const without = await createStage();
    const others = await scrape(without.kitchen, await createToken(without.kitchen));
    expect([...others.keys()].filter((name) => /mqtt|hub/.test(name))).toEqual([]);
  });

  it('is for tokens that may read', async () => {
    const { kitchen } = await createStage();
    const headers = { authorization: `Bearer ${await createToken(kitchen, { scopes: ['drive'] })}` };
    expect((await fetch(`${baseOf(kitchen)}/metrics`)).status).toBe(401);
    expect((await fetch(`${baseOf(kitchen)}/metrics`, { headers })).status).toBe(403);
  });
});

describe('/readyz', () => {
  it('is ready while clients are let in and the radio is on', async () => {
    const { kitchen } = await createStage();
    const answer = await fetch(`${baseOf(kitchen)}/readyz`);
    expect([answer.status, await answer.json()]).toEqual([200, { status: 'ready' }]);
  });

  it('knows whether the hub has its MQTT broker', async () => {
    let isConnected = false;
    const { kitchen } = await createStage({ hub: () => ({ ...HUB, isConnected }) });
    const ask = async () => {
      const answer = await fetch(`${baseOf(kitchen)}/readyz`);
      return [answer.status, await answer.json()];
    };
    const reason = 'the hub is not connected to its MQTT broker';
    expect(await ask()).toEqual([503, { status: 'notReady', reason }]);
    isConnected = true;
    expect(await ask()).toEqual([200, { status: 'ready' }]);
  });

  it('says why it is not', async () => {
    const { kitchen } = await createStage({ limits: { clients: 1 } });
    await openApp(kitchen);
    const answer = await fetch(`${baseOf(kitchen)}/readyz`);
    const reason = 'there are as many clients as there may be';
    expect([answer.status, await answer.json()]).toEqual([503, { status: 'notReady', reason }]);
  });
});

describe('every HTTP answer', () => {
  it.each(['/healthz', '/readyz', '/metrics', '/nothing', '/v1/ws'])(
    'tells browsers to trust it little: %s',
    async (path) => {
      const { kitchen } = await createStage();
      const { headers } = await fetch(`${baseOf(kitchen)}${path}`);
      expect(headers.get('content-security-policy')).toMatch(/^default-src 'self';.*frame-ancestors 'none'/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
    },
  );
});

describe('a gateway that is asked to end', () => {
  it('answers what is under way, lets nobody in, and sends who waits for nothing away at once', async () => {
    const stage = await createStage();
    const phone = await openApp(stage.phone);
    const kitchen = await openApp(stage.kitchen);
    const idle = await openApp(stage.kitchen, { abilityName: 'Idle' });
    const sessionId = await createSession(kitchen, 'phone');
    const connecting = kitchen.call('connect', { sessionId });
    const { want } = await phone.notifications('collaborate').next();
    const closing = stage.kitchen.gateway.close({ graceMs: DRAIN_TIMEOUT_MS });
    expect((await idle.closed).code).toBe(4001);
    const ready = await fetch(`${baseOf(stage.kitchen)}/readyz`);
    expect([ready.status, await ready.json()]).toMatchObject([503, { reason: 'the gateway is shutting down' }]);
    const wants = want as Record<string, Record<string, string>>; // as the reference's want is built
    const parameters = wants['ohos.extra.param.key.supportCollaborateIndex'];
    await phone.call('reject', { token: parameters?.['ohos.dms.collabToken'], reason: 'busy' });
    expect(await connecting).toMatchObject({ isConnected: false, reason: 'busy' });
    expect((await kitchen.closed).code).toBe(4001);
    await closing;
  });

  it('waits no longer than it may', async () => {
    const stage = await createStage();
    await openApp(stage.phone);
    const kitchen = await openApp(stage.kitchen);
    const sessionId = await createSession(kitchen, 'phone');
    kitchen.call('connect', { sessionId }).catch(() => {});
    await kitchen.call('ping');
    const closing = stage.kitchen.gateway.close({ graceMs: DRAIN_TIMEOUT_MS });
    stage.clock.increment(DRAIN_TIMEOUT_MS - 1);
    expect(kitchen.socket.readyState).toBe(kitchen.socket.OPEN);
    stage.clock.increment(1);
    expect((await kitchen.closed).code).toBe(4001);
    await closing;
  });
});
