import { describe, expect, it } from 'vitest';
import { connectedOverHttp, type SentEvent } from './http-client.js';

const APP_ONLY = '?app=entry/EntryAbility&targets=';

describe('an app over HTTP that looks now and then', () => {
  it('loses no event, however much came between, also of a session that is destroyed', async () => {
    const { kitchen, phone, sessionId, peerSessionId } = await connectedOverHttp({
      limits: { eventWindowBytes: 4_000 },
    });
    const count = 60;
    for (let index = 0; index < count; index += 1) {
      const msg = `${index} `.padEnd(500, 'x');
      await phone.call('sendMessage', { sessionId: peerSessionId, msg });
    }
    const told: SentEvent[] = [];
    while (told.length < count) {
      const since = told.at(-1)?.id ?? '';
      const stream = await kitchen.stream(`${APP_ONLY}&follow=false&since=${since}`);
      await stream.ended;
      told.push(...stream.events.all.filter(({ event }) => event === 'event'));
    }
    expect(told.map(({ data }) => Number.parseInt(String(data['msg']), 10))).toEqual(told.map((_, index) => index));

    await phone.call('sendMessage', { sessionId: peerSessionId, msg: 'last words' });
    await kitchen.call('destroySession', { sessionId });
    const last = await kitchen.stream(`${APP_ONLY}&follow=false&since=${told.at(-1)?.id}`);
    await last.ended;
    expect(last.events.all.at(-1)?.data).toMatchObject({ sessionId, msg: 'last words' });
  });
});
