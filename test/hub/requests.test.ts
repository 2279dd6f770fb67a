import { describe, expect, it } from 'vitest';
import { ask, BRIDGE, connectByButton, createHome, LINK, PHONE, passTimeUntil, startHub } from './hub-stage.js';

describe('a request to a hub', () => {
  it('answers requests with their transaction', async ({ skip }) => {
    const { home } = await createHome(skip);
    expect(await ask(home, 'session/connect', { link: PHONE, transaction: 't1' })).toEqual({
      status: 'ok',
      data: { link: PHONE, sessionId: 100, isConnected: true },
      transaction: 't1',
    });
    expect(await ask(home, 'message/send', { sessionId: 100, msg: 'hello', transaction: 2 })).toEqual({
      status: 'ok',
      data: {},
      transaction: 2,
    });
    expect(await ask(home, 'session/list', {})).toMatchObject({ data: [{ link: PHONE, state: 'connected' }] });
    expect(await ask(home, 'session/get', { deviceId: 'phone', serviceName: 'doorbell' })).toMatchObject({
      data: { link: PHONE, sessionId: 100, deviceName: 'Phone A' },
    });
    await ask(home, 'session/disconnect', { link: PHONE });
    await ask(home, 'session/destroy', { link: PHONE });
    expect(await ask(home, 'session/create', { link: PHONE })).toMatchObject({ data: { sessionId: 101, link: PHONE } });
  });

  it('answers to the response topic of MQTT 5, with the correlation data', async ({ skip }) => {
    const { home } = await createHome(skip);
    const correlationData = Buffer.from([7, 0, 7]);
    const answered = home.next('flows/answers');
    const properties = { responseTopic: 'flows/answers', correlationData };
    await home.send(`${BRIDGE}/request/health_check`, '', { properties });
    const answer = await answered;
    expect(JSON.parse(answer.text)).toEqual({ status: 'ok', data: { healthy: true } });
    expect(answer.properties?.correlationData).toEqual(correlationData);
    expect(answer.isRetained).toBe(false);
  });

  it.for(['tandem/attic/bridge/request/restart', 'homeassistant/device/x/config', '$SYS/x', 'x'.repeat(257)])(
    'does not answer to %s, where an answer could steer something or be too long',
    async (responseTopic, { skip }) => {
      const { home } = await createHome(skip);
      const answered = home.next(`${BRIDGE}/response/health_check`);
      await home.send(`${BRIDGE}/request/health_check`, '', { properties: { responseTopic } });
      expect(JSON.parse((await answered).text)).toMatchObject({ status: 'error', error: { code: 'invalidParams' } });
      expect(home.seen.filter(({ topic }) => topic === responseTopic)).toEqual([]);
    },
  );

  it.for([
    ['session/connect', '{', 'parseError'],
    ['session/connect', '[]', 'invalidParams'],
    ['session/connect', '{"link":"nobody"}', 'invalidParams'],
    ['session/connect', `{"transaction":"${'x'.repeat(65)}"}`, 'invalidParams'],
    ['message/send', `{"link":"${PHONE}","msg":"early"}`, 'sessionNotConnected'],
    ['message/send', `{"link":"${PHONE}","msg":7}`, 'invalidParams'],
    ['session/accept', `{"link":"${PHONE}"}`, 'tokenNotFound'],
    ['options', '{"logging":"all"}', 'invalidParams'],
    ['session/everything', '{}', 'methodNotFound'],
  ] as const)('answers %s of %s with the error %s', async ([verb, body, code], { skip }) => {
    const { home } = await createHome(skip);
    const answered = home.next(`${BRIDGE}/response/${verb}`);
    await home.send(`${BRIDGE}/request/${verb}`, body);
    const { status, error } = JSON.parse((await answered).text);
    expect({ status, code: error.code }).toEqual({ status: 'error', code });
    expect(typeof error.retryable).toBe('boolean');
  });

  it('answers a request that is not UTF-8 with an error, and one with half of a surrogate pair', async ({ skip }) => {
    const { home } = await createHome(skip);
    await ask(home, 'session/connect', { link: PHONE });
    for (const body of [
      Buffer.from(`{"link":"${PHONE}","msg":"K\xfcche"}`, 'latin1'),
      `{"link":"${PHONE}","msg":"\\ud800"}`,
    ]) {
      const answered = home.next(`${BRIDGE}/response/message/send`);
      await home.send(`${BRIDGE}/request/message/send`, body);
      expect(JSON.parse((await answered).text)).toMatchObject({ status: 'error', error: { code: 'invalidParameter' } });
    }
  });

  it('ignores commands that the broker retained', async ({ skip }) => {
    const { home, hub, mosquitto, stage } = await createHome(skip);
    await hub.close();
    await home.send(`${LINK}/set/connect`, 'PRESS', { retain: true });
    const again = await startHub(stage, { url: mosquitto.url });
    await home.next(`${BRIDGE}/state`, ({ text }) => text === 'online');
    await ask(home, 'health_check', {});
    expect(await ask(home, 'session/list', {})).toMatchObject({ data: [] });
    expect(again.log).toEqual([expect.stringContaining('a retained command is ignored')]);
  });

  it('refuses more commands than a hundred at once', async ({ skip }) => {
    const { home } = await createHome(skip);
    const ids = Array.from({ length: 101 }, (_, id) => id);
    await Promise.all(
      ids.map((id) => home.send(`${BRIDGE}/request/health_check`, JSON.stringify({ transaction: id }))),
    );
    const { text } = await home.when(/health_check$/, (seen) => seen.text.includes('tooManyInFlight'));
    expect(JSON.parse(text)).toMatchObject({ status: 'error', error: { code: 'tooManyInFlight', retryable: true } });
    const refused = home.seen.filter(({ text: other }) => other.includes('tooManyInFlight'));
    expect(refused).toHaveLength(1);
  });

  it('publishes its log only when it is asked to', async ({ skip }) => {
    const { home } = await createHome(skip);
    await home.send('tandem/kitchen/link/nobody/set/connect');
    await ask(home, 'options', { logging: 'info' });
    await home.when(`${BRIDGE}/info`, ({ text }) => JSON.parse(text).logging === 'info');
    await home.send('tandem/kitchen/link/nobody/set/connect');
    const { text } = await home.when(`${BRIDGE}/logging`);
    expect(JSON.parse(text)).toMatchObject({ level: 'info', ns: 'hub' });
    expect(home.seen.filter(({ topic }) => topic === `${BRIDGE}/logging`)).toHaveLength(1);
  });

  it('ends its sessions and begins anew when it is told to restart', async ({ skip }) => {
    const { home, stage } = await createHome(skip);
    await connectByButton(home);
    const gone = home.next(`${BRIDGE}/state`, ({ text }) => text === 'offline');
    await ask(home, 'restart', {});
    await gone;
    await home.settle();
    const back = home.next(`${BRIDGE}/state`, ({ text }) => text === 'online');
    await passTimeUntil(stage.clock, back);
    const { text } = await home.when(`${LINK}/state`);
    expect(JSON.parse(text)).toMatchObject({ state: 'created', sessionId: null });
  });
});
