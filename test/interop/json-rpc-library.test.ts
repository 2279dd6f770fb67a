import { once } from 'node:events';
import { JSONRPCClient } from 'json-rpc-2.0';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { createStage, createToken, openApp, tokenOf } from '../gateway/fixture.js';

/** The library knows JSON-RPC 2.0 and nothing of Tandem; a WebSocket carries what it writes. */
async function openLibrary(url: string) {
  const socket = new WebSocket(url, 'tandem.v1');
  onTestFinished(() => socket.terminate());
  const client = new JSONRPCClient((request) => socket.send(JSON.stringify(request)));
  const told: { readonly method: string; readonly params: unknown }[] = [];
  socket.on('message', (data: Buffer) => {
    const frame = JSON.parse(data.toString());
    if ('method' in frame) told.push(frame);
    else client.receive(frame);
  });
  await once(socket, 'open');
  return { client, told, socket };
}

describe('a JSON-RPC 2.0 library', () => {
  it('drives a session to its end', async () => {
    const stage = await createStage();
    const phone = await openApp(stage.phone);
    const { client, told, socket } = await openLibrary(stage.kitchen.gateway.url);
    await client.request('authenticate', { token: await createToken(stage.kitchen) });
    const app = { moduleName: 'entry', abilityName: 'EntryAbility' };
    expect(await client.request('registerApp', app)).toMatchObject({ resumed: false, sessions: [] });

    const bundleName = 'com.example.remotephotodemo';
    const peerInfo = { deviceId: 'phone', bundleName, ...app };
    const create = { serviceName: 'collabTest', peerInfo, connectOptions: {} };
    const sessionId = await client.request('createAbilityConnectionSession', create);
    await client.request('on', { type: 'receiveMessage', sessionId });
    const connecting = client.request('connect', { sessionId });
    const token = tokenOf(await phone.notifications('collaborate').next());
    const peer = { ...create, peerInfo: { ...peerInfo, deviceId: 'kitchen' } };
    const taken = await phone.call('createAbilityConnectionSession', peer);
    await phone.call('acceptConnect', { sessionId: taken, token });
    expect(await connecting).toEqual({ isConnected: true, reason: '' });

    expect(await client.request('sendMessage', { sessionId, msg: 'hi' })).toBeNull();
    const arrived = once(socket, 'message');
    await phone.call('sendMessage', { sessionId: taken, msg: 'ho' });
    await arrived;
    expect(told).toContainEqual(
      expect.objectContaining({ method: 'event', params: expect.objectContaining({ msg: 'ho' }) }),
    );
    await client.request('destroyAbilityConnectionSession', { sessionId });
  });

  it('may give the reference’s calls their parameters by position', async () => {
    const stage = await createStage();
    const { client } = await openLibrary(stage.kitchen.gateway.url);
    await client.request('authenticate', { token: await createToken(stage.kitchen) });
    await client.request('registerApp', { moduleName: 'entry', abilityName: 'EntryAbility' });
    const peerInfo = { deviceId: 'phone', bundleName: 'com.example.demo', moduleName: 'entry', abilityName: 'Other' };
    const sessionId = await client.request('createAbilityConnectionSession', ['collabTest', peerInfo, {}]);
    expect(await client.request('getPeerInfoById', [sessionId])).toMatchObject({
      ...peerInfo,
      serviceName: 'collabTest',
    });
    expect(await client.request('on', ['receiveMessage', sessionId])).toBeNull();
    await expect(client.request('sendMessage', [sessionId, 'hi'])).rejects.toMatchObject({ code: 401 });
    expect(await client.request('listSessions', [])).toHaveLength(1);
    expect(await client.request('destroyAbilityConnectionSession', [sessionId])).toBeNull();
    await expect(client.request('traceSession', [sessionId])).rejects.toMatchObject({
      code: -32_602,
      message: 'The parameters do not fit. traceSession takes its parameters by name: sessionId.',
    });
  });

  it('gets errors as errors, with code and data', async () => {
    const stage = await createStage();
    const { client } = await openLibrary(stage.kitchen.gateway.url);
    await client.request('authenticate', { token: await createToken(stage.kitchen) });
    await expect(client.request('connect', { sessionId: 7 })).rejects.toMatchObject({ code: -32_004 });
    await expect(client.request('nothing', {})).rejects.toMatchObject({ code: -32_601 });
  });
});
