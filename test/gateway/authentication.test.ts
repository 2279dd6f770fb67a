import { describe, expect, it } from 'vitest';
import { writeSendData } from '../../src/protocol/data-frame.js';
import { AUTHENTICATION_TIMEOUT_MS, MAX_STRANGER_FRAME_BYTES, REFUSAL_DELAY_MS } from '../../src/protocol/limits.js';
import { createStage, createToken, failureOf, openClient } from './fixture.js';
import { openRaw } from './raw-client.js';

const WRONG_TOKEN = 'A'.repeat(43);

describe('authentication', () => {
  it('begins with hello, which says what the gateway speaks and where its limits are', async () => {
    const { kitchen } = await createStage();
    const client = await openRaw(kitchen.gateway.url);
    expect(await client.notifications('hello').next()).toMatchObject({
      server: 'tandem',
      protocol: { min: 1, max: 1 },
      pingIntervalMs: 25_000,
      limits: { strangerFrameBytes: MAX_STRANGER_FRAME_BYTES, textFrameBytes: 65_536 },
    });
    expect(client.texts.all).toHaveLength(1);
  });

  it('answers a valid token with what it stands for', async () => {
    const { kitchen } = await createStage();
    const token = await createToken(kitchen, { name: 'light', scopes: ['read'] });
    const client = await openRaw(kitchen.gateway.url);
    expect(await client.call('authenticate', { token, version: 1 })).toEqual({
      name: 'light',
      bundleName: 'com.example.remotephotodemo',
      scopes: ['read'],
      isSystemApp: false,
      version: 1,
      deviceId: 'kitchen',
      deviceName: 'Kitchen',
    });
  });

  it.each([
    ['another method', '{"jsonrpc":"2.0","id":1,"method":"listSessions"}', -32_001, 4501],
    ['a method that does not exist', '{"jsonrpc":"2.0","id":1,"method":"x"}', -32_001, 4501],
    ['no JSON', '{', -32_700, 4502],
    ['a batch', '[]', -32_600, 4502],
    ['a token that is no text', '{"jsonrpc":"2.0","id":1,"method":"authenticate","params":{"token":1}}', -32_602, 4502],
    [
      'a version nobody speaks',
      '{"jsonrpc":"2.0","id":1,"method":"authenticate","params":{"token":"","version":2}}',
      -32_602,
      4509,
    ],
  ])('ends a connection that begins with %s', async (_, frame, errorCode, closeCode) => {
    const { kitchen } = await createStage();
    const client = await openRaw(kitchen.gateway.url);
    client.sendRaw(frame);
    expect((await client.closed).code).toBe(closeCode);
    expect(JSON.parse(client.texts.all.at(-1) ?? '')).toMatchObject({ error: { code: errorCode } });
  });

  it('ends a connection that begins with bytes', async () => {
    const { kitchen } = await createStage();
    const client = await openRaw(kitchen.gateway.url);
    client.sendRaw(writeSendData(1, 100, Uint8Array.of(1)));
    expect((await client.closed).code).toBe(4502);
  });

  it('closes on a long frame before the frame is read', async () => {
    const { kitchen } = await createStage();
    const client = await openRaw(kitchen.gateway.url);
    client.sendRaw('x'.repeat(MAX_STRANGER_FRAME_BYTES + 1));
    expect((await client.closed).code).toBe(1009);
  });

  it('says the same to an unknown token and to a revoked one, late, and closes', async () => {
    const { kitchen, clock } = await createStage();
    const token = await createToken(kitchen);
    await kitchen.tokens.revoke(kitchen.tokens.list()[0]?.tokenId ?? '');
    const errors: string[] = [];
    for (const [index, wrong] of [token, WRONG_TOKEN].entries()) {
      const client = await openRaw(kitchen.gateway.url);
      client.sendRaw(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'authenticate', params: { token: wrong } }));
      await kitchen.log.lines('wrong token').next();
      clock.increment((index + 1) * REFUSAL_DELAY_MS - 1);
      expect(client.texts.all).toHaveLength(1);
      clock.increment(1);
      expect((await client.closed).code).toBe(4501);
      errors.push(client.texts.all.at(-1) ?? '');
    }
    expect(errors[0]).toBe(errors[1]);
    expect(errors[0]).toContain('-32002');
  });

  it('looks at nothing that comes after a wrong token', async () => {
    const { kitchen, clock } = await createStage();
    const client = await openRaw(kitchen.gateway.url);
    const wrong = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'authenticate', params: { token: WRONG_TOKEN } });
    client.sendRaw(wrong);
    client.sendRaw(wrong.replace(WRONG_TOKEN, await createToken(kitchen)));
    await kitchen.log.lines('wrong token').next();
    clock.increment(REFUSAL_DELAY_MS);
    expect((await client.closed).code).toBe(4501);
    expect(client.texts.all).toHaveLength(2);
  });

  it('closes who does not authenticate in time', async () => {
    const { kitchen, clock } = await createStage();
    const client = await openRaw(kitchen.gateway.url);
    await client.notifications('hello').next();
    clock.increment(AUTHENTICATION_TIMEOUT_MS - 1);
    expect(client.socket.readyState).toBe(client.socket.OPEN);
    clock.increment(1);
    expect((await client.closed).code).toBe(4508);
  });

  it('has room for only so many strangers, and for others once they authenticated or left', async () => {
    const { kitchen } = await createStage({ limits: { strangers: 2 } });
    const first = await openRaw(kitchen.gateway.url);
    const second = await openRaw(kitchen.gateway.url);
    await expect(openRaw(kitchen.gateway.url)).rejects.toThrow('503');
    await first.call('authenticate', { token: await createToken(kitchen) });
    const third = await openRaw(kitchen.gateway.url);
    await expect(openRaw(kitchen.gateway.url)).rejects.toThrow('503');
    await second.drop();
    await third.drop();
    await expect.poll(() => openRaw(kitchen.gateway.url).then(() => 'open', String)).toBe('open');
  });

  it('authenticates once', async () => {
    const { kitchen } = await createStage();
    const client = await openClient(kitchen);
    const again = client.call('authenticate', { token: await createToken(kitchen) });
    expect(await failureOf(again)).toEqual({ code: -32_600, kind: 'invalidRequest' });
  });

  it('ends the connections of a token that is revoked, and no others', async () => {
    const { kitchen } = await createStage();
    const revoked = await openClient(kitchen, { name: 'revoked' });
    const kept = await openClient(kitchen, { name: 'kept' });
    const record = kitchen.tokens.list().find(({ name }) => name === 'revoked');
    await kitchen.tokens.revoke(record?.tokenId ?? '');
    expect((await revoked.closed).code).toBe(4501);
    expect(await kept.call('ping')).toBeNull();
  });
});
