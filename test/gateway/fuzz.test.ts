import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { METHODS } from '../../src/protocol/methods.js';
import { createStage, createToken, openApp } from './fixture.js';
import { openRaw, type RawClient } from './raw-client.js';

const value = fc.jsonValue({ maxDepth: 3 });
const id = fc.oneof(fc.integer(), fc.string({ maxLength: 5 }), value);
const method = fc.oneof(fc.constantFrom(...Object.keys(METHODS), '__proto__', 'constructor'), fc.string());
/** Parameters that often fit, so that calls reach the broker. */
const params = fc.record(
  {
    sessionId: fc.oneof(fc.integer({ min: 99, max: 103 }), value),
    streamId: value,
    type: fc.oneof(fc.constantFrom('connect', 'receiveData', 'receiveImage'), value),
    msg: fc.oneof(fc.string(), value),
    data: fc.oneof(fc.base64String(), value),
    token: fc.oneof(fc.string(), value),
    reason: fc.oneof(fc.string(), value),
    target: fc.oneof(fc.constantFrom('sessions', 'devices'), value),
    subscription: fc.constantFrom('sessions', 'devices'),
    serviceName: fc.string(),
    peerInfo: fc.oneof(
      fc.record({ deviceId: fc.string(), bundleName: fc.string(), moduleName: fc.string(), abilityName: fc.string() }),
      value,
    ),
    connectOptions: fc.oneof(fc.record({ needSendData: fc.boolean(), startOptions: fc.integer() }), value),
  },
  { requiredKeys: [] },
);
const request = fc.record(
  { jsonrpc: fc.constantFrom('2.0', '2.0', '1.0'), id, method, params: fc.oneof(params, params, value) },
  { requiredKeys: ['method'] },
);
const text = fc.oneof(
  fc.string(),
  fc.json(),
  request.map((frame) => JSON.stringify(frame)),
);

/** Without attempts to authenticate: the answer to a wrong token waits for the clock. */
const strangersText = text.filter((frame) => !frame.includes('authenticate'));

describe('whatever a client sends', () => {
  it('is answered or ends the connection with a code, once it has authenticated', async () => {
    const stage = await createStage();
    let client = await openApp(stage.kitchen);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(text, fc.uint8Array()), { maxLength: 10 }), async (frames) => {
        for (const frame of frames) client.sendRaw(frame);
        const outcome = await client.call('ping').catch(() => client.closed);
        if (outcome === null) return;
        expect(outcome).toMatchObject({ code: 4502 });
        client = await openApp(stage.kitchen, { abilityName: `App${Math.random()}` });
      }),
      { numRuns: 300 },
    );
    expect(stage.kitchen.log.lines('a call failed in the gateway').all).toEqual([]);
  });

  it('ends the connection with a code, before it has authenticated', async () => {
    const { kitchen } = await createStage();
    const token = await createToken(kitchen);
    await fc.assert(
      fc.asyncProperty(fc.oneof(strangersText, fc.uint8Array()), async (frame) => {
        const client = await openRaw(kitchen.gateway.url);
        client.sendRaw(frame);
        await client.call('authenticate', { token }).catch(() => {});
        expect([4501, 4502, 4509]).toContain((await client.closed).code);
        expect(answersOf(client).every((answer) => 'error' in answer)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});

function answersOf(client: RawClient): object[] {
  return client.texts.all.slice(1).map((answer) => JSON.parse(answer));
}
