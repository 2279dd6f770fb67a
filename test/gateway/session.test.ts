import { describe, expect, it } from 'vitest';
import { readReceivedData, writeSendData } from '../../src/protocol/data-frame.js';
import { APP, BUNDLE, connectedPair, createSession, createStage, openApp, tokenOf } from './fixture.js';

describe('a session between two clients', () => {
  it('carries messages both ways, in order', async () => {
    const { kitchen, phone } = await connectedPair(await createStage());
    const sent = ['one', '', 'ünï\u0000"\\', '\ud83d\ude00'];
    for (const msg of sent) {
      expect(await kitchen.client.call('sendMessage', { sessionId: kitchen.sessionId, msg })).toBeNull();
    }
    await phone.client.call('sendMessage', { sessionId: phone.sessionId, msg: 'back' });

    const events = phone.client.notifications('event');
    expect(await events.next()).toMatchObject({ type: 'connect', sessionId: phone.sessionId, offset: 2 });
    for (const [index, msg] of sent.entries()) {
      expect(await events.next()).toEqual({
        offset: index + 3,
        type: 'receiveMessage',
        sessionId: phone.sessionId,
        msg,
      });
    }
    expect(await kitchen.client.notifications('event').next()).toMatchObject({ type: 'receiveMessage', msg: 'back' });
  });

  it('carries data in binary frames and answers them in JSON', async () => {
    const { kitchen, phone } = await connectedPair(await createStage());
    const payload = Uint8Array.from({ length: 70_000 }, (_, index) => index % 251);
    kitchen.client.sendRaw(writeSendData(7_000, kitchen.sessionId, payload));

    const received = readReceivedData(await phone.client.binaries.next());
    expect(received).toMatchObject({ sessionId: phone.sessionId, offset: 3 });
    expect(Buffer.from(received?.payload ?? [])).toEqual(Buffer.from(payload));
    await expect.poll(() => kitchen.client.texts.all.at(-1)).toBe('{"jsonrpc":"2.0","id":7000,"result":null}');
  });

  it('carries data as base64 to and from clients that have no binary frames', async () => {
    const { kitchen, phone } = await connectedPair(await createStage());
    await phone.client.call('on', { type: 'receiveData', sessionId: phone.sessionId, encoding: 'base64' });
    await kitchen.client.call('sendData', { sessionId: kitchen.sessionId, data: 'AAEC' });
    await expect
      .poll(() => phone.client.notifications('event').all.at(-1))
      .toMatchObject({ type: 'receiveData', sessionId: phone.sessionId, data: 'AAEC' });
    expect(phone.client.binaries.all).toEqual([]);
  });

  it('sends each event once, however often it was asked for, and keeps it while it is switched off', async () => {
    const { kitchen, phone } = await connectedPair(await createStage());
    const { client, sessionId } = phone;
    await client.call('on', { type: 'receiveMessage', sessionId });
    await kitchen.client.call('sendMessage', { sessionId: kitchen.sessionId, msg: 'one' });
    await client.call('off', { type: 'receiveMessage', sessionId });
    await kitchen.client.call('sendMessage', { sessionId: kitchen.sessionId, msg: 'two' });
    await client.call('on', { type: 'receiveMessage', sessionId });
    await kitchen.client.call('sendMessage', { sessionId: kitchen.sessionId, msg: 'three' });
    const { all } = client.notifications('event');
    await expect.poll(() => all.map(({ msg }) => msg)).toEqual([undefined, 'one', 'two', 'three']);
  });

  it('ends with the reason, on the side that did not ask', async () => {
    const { kitchen, phone } = await connectedPair(await createStage());
    await kitchen.client.call('disconnect', { sessionId: kitchen.sessionId });
    const events = phone.client.notifications('event');
    await expect.poll(() => events.all.at(-1)).toMatchObject({ type: 'disconnect', reason: 0 });
    expect(await phone.client.call('listSessions')).toMatchObject([{ state: 'disconnected', disconnectReason: 0 }]);
    expect(kitchen.client.notifications('event').all).toEqual([]);
    await kitchen.client.call('destroyAbilityConnectionSession', { sessionId: kitchen.sessionId });
    expect(await kitchen.client.call('listSessions')).toEqual([]);
  });

  it('is not connected when the peer app rejects it', async () => {
    const stage = await createStage();
    const phone = await openApp(stage.phone);
    const kitchen = await openApp(stage.kitchen);
    const connecting = kitchen.call('connect', { sessionId: await createSession(kitchen, 'phone') });
    const { want } = await phone.notifications('collaborate').next();
    await phone.call('reject', { token: tokenOf({ want }), reason: 'busy' });
    expect(await connecting).toEqual({ isConnected: false, errorCode: 1, reason: 'busy' });
  });

  it('is not connected when the peer app takes no requests, or is not there', async () => {
    const stage = await createStage();
    await openApp(stage.phone, { onCollaborate: false });
    const kitchen = await openApp(stage.kitchen);
    const sessionId = await createSession(kitchen, 'phone');
    expect(await kitchen.call('connect', { sessionId })).toMatchObject({ isConnected: false, errorCode: 4 });
    const nobody = await createSession(kitchen, 'phone', 'collabTest', { abilityName: 'Nobody' });
    expect(await kitchen.call('connect', { sessionId: nobody })).toMatchObject({ isConnected: false, errorCode: 4 });
  });

  it('asks the peer app with everything it needs to answer', async () => {
    const stage = await createStage();
    const phone = await openApp(stage.phone);
    const kitchen = await openApp(stage.kitchen);
    const connecting = kitchen.call('connect', { sessionId: await createSession(kitchen, 'phone') });
    const { want } = await phone.notifications('collaborate').next();
    expect(want).toMatchObject({
      'ohos.extra.param.key.supportCollaborateIndex': {
        PeerInfo: { deviceId: 'kitchen', bundleName: BUNDLE, ...APP, serviceName: 'collabTest' },
        ConnectOptions: { needSendData: true },
        'ohos.dms.collabToken': expect.any(String),
      },
    });
    stage.clock.increment(10_000);
    expect(await connecting).toMatchObject({ isConnected: false, errorCode: 5 });
  });
});
