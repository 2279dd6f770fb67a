import { describe, expect, it } from 'vitest';
import { CREDIT_WINDOW_BYTES, EVENT_COST_BYTES, MESSAGE_COST_BYTES } from '../../src/protocol/limits.js';
import { turns } from '../support/time.js';
import { connectBetween, createSession, createStage, type End, openApp, type Stage } from './fixture.js';

const WINDOW_BYTES = 64 * 1_024;
const MESSAGE = 'x'.repeat(1_000);
/** What the gateway takes for a client that does not read, then what the session's credit allows. */
const MOST_ACCEPTED =
  WINDOW_BYTES / (MESSAGE.length + EVENT_COST_BYTES) + CREDIT_WINDOW_BYTES / (MESSAGE.length + MESSAGE_COST_BYTES) + 2;

describe('a client that does not read', () => {
  it('holds its peer back, disturbs nobody else, and misses nothing once it reads', async () => {
    const stage = await createStage({ limits: { eventWindowBytes: WINDOW_BYTES, callsInFlight: 1_000 } });
    const stalled = await pairOf(stage, 'Stalled');
    const lively = await pairOf(stage, 'Lively');
    stalled.phone.client.socket.pause();
    let accepted = 0;
    const sends = Array.from({ length: 1_000 }, (_, index) =>
      say(stalled.kitchen, `${index} ${MESSAGE}`).then(() => {
        accepted += 1;
      }),
    );
    for (let round = 0; round < 200; round += 1) await say(lively.kitchen, String(round));
    expect(accepted).toBeGreaterThan(0);
    expect(accepted).toBeLessThan(MOST_ACCEPTED);

    stalled.phone.client.socket.resume();
    await Promise.all(sends);
    const events = stalled.phone.client.notifications('event');
    await expect.poll(() => events.all.length).toBe(1_001);
    expect(events.all.slice(1).map(({ msg }) => parseInt(String(msg), 10))).toEqual(sends.map((_, index) => index));
    expect(events.all.map(({ offset }) => offset)).toEqual(events.all.map((_, index) => index + 2));
  });

  it('is closed once too many answers wait for it', async () => {
    const { kitchen } = await createStage({ limits: { queueBytes: 16 * 1_024 } });
    const client = await openApp(kitchen);
    for (let session = 0; session < 50; session += 1) await createSession(client, 'phone', 'x'.repeat(256));
    client.socket.pause();
    const closing = kitchen.log.lines('closing a client').next();
    let isClosing = false;
    void closing.then(() => {
      isClosing = true;
    });
    const call = '{"jsonrpc":"2.0","id":1,"method":"listSessions"}';
    while (!isClosing) {
      client.sendRaw(call);
      await turns(1);
    }
    expect(await closing).toMatchObject({ client: 'tester', why: 'slow' });
    client.socket.resume();
    expect((await client.closed).code).toBe(4108);
  });
});

async function pairOf(stage: Stage, abilityName: string): Promise<{ kitchen: End; phone: End }> {
  const phone = await openApp(stage.phone, { abilityName });
  const kitchen = await openApp(stage.kitchen, { abilityName });
  return connectBetween(kitchen, phone, 'collabTest', { abilityName });
}

function say({ client, sessionId }: End, msg: string): Promise<unknown> {
  return client.call('sendMessage', { sessionId, msg });
}
