import { describe, expect, it, vi } from 'vitest';
import { CREDIT_WINDOW_BYTES, MESSAGE_COST_BYTES } from '../../src/protocol/limits.js';
import { APP, connectSimulated, createHome, createInbox, openEchoSession } from './fixture.js';

describe('client, listeners', () => {
  it('may be several for one event, and are removed one by one', async () => {
    const client = await (await createHome()).connect();
    await client.registerApp(APP);
    const { sessionId, inbox } = await openEchoSession(client);
    const second = createInbox<string>();
    const listener = ({ msg = '' }): void => second.put(msg);
    await client.on('receiveMessage', sessionId, listener);
    await client.sendMessage(sessionId, 'to both');
    await Promise.all([inbox.take(1), second.take(1)]);

    await client.off('receiveMessage', sessionId, listener);
    await client.sendMessage(sessionId, 'to the first');
    await inbox.take(2);
    expect(second.items).toEqual(['to both']);
  });

  it('are all removed by off without a callback', async () => {
    const home = await createHome();
    const client = await home.connect();
    await client.registerApp(APP);
    const { sessionId, inbox } = await openEchoSession(client);
    await client.offReceiveMessage(sessionId);
    const echoed = new Promise<void>((resolve) => {
      home.kitchen.sessions$.subscribe(({ state }) => state === 'disconnected' && resolve());
    });
    await client.sendMessage(sessionId, 'to nobody');
    await client.disconnect(sessionId);
    await echoed;
    await client.call('ping', {});
    expect(inbox.items).toEqual([]);
  });

  it('hear what came while there were none, in its order and once', async () => {
    const home = await createHome();
    const client = await home.connect();
    await client.registerApp(APP);
    const { sessionId, inbox } = await openEchoSession(client);
    await client.offReceiveMessage(sessionId);
    const late = createInbox<string>();
    for (const text of ['one', 'two']) await client.sendMessage(sessionId, text);
    await client.sendData(sessionId, new ArrayBuffer(3));
    await expect.poll(() => home.kitchen.counters().unheardBytes).toBeGreaterThan(3 * MESSAGE_COST_BYTES);
    void client.onReceiveData(sessionId, ({ data }) => late.put(`${data?.byteLength} B`));
    void client.onReceiveMessage(sessionId, ({ msg = '' }) => late.put(msg));
    expect(await late.take(3)).toEqual(['one', 'two', '3 B']);
    expect(inbox.items).toEqual([]);
  });

  it('of another process of the app hear what that one did not, however late they come, and stop the peer until then', async () => {
    const home = await createHome();
    const first = await connectSimulated(home);
    await first.client.registerApp(APP);
    const { sessionId, inbox: heard } = await openEchoSession(first.client);
    const said = ['one', 'two', 'three'];
    for (const text of said) await first.client.sendMessage(sessionId, text);
    await heard.take(said.length);
    first.drop();
    await first.client.close();

    const second = await home.connect();
    // As soon as the gateway has noticed.
    const { sessions } = await vi.waitFor(() => second.registerApp(APP));
    expect(sessions).toMatchObject([{ sessionId, state: 'connected' }]);
    // The events that were kept came with the answer; what comes now waits at the gateway.
    const count = 400;
    for (let index = 0; index < count; index += 1) void second.sendMessage(sessionId, `${index} `.padEnd(1_000, 'x'));
    await expect.poll(() => home.kitchen.counters().unheardBytes).toBeGreaterThan(CREDIT_WINDOW_BYTES / 2);
    const inbox = createInbox<string>();
    await second.onReceiveMessage(sessionId, ({ msg = '' }) => inbox.put(msg));
    const all = await inbox.take(said.length + count);
    expect(all.slice(0, said.length)).toEqual(said);
    expect(all.slice(said.length).map((text) => Number.parseInt(text, 10))).toEqual(
      Array.from({ length: count }, (_, index) => index),
    );
  });

  it('do not hear of a connection before the present one', async () => {
    const home = await createHome();
    const first = await connectSimulated(home);
    await first.client.registerApp(APP);
    const { sessionId } = await openEchoSession(first.client);
    const ended = createInbox<unknown>();
    await first.client.onDisconnect(sessionId, (info) => ended.put(info));
    home.endEcho();
    await ended.take(1);
    first.drop();
    await first.client.close();

    const second = await home.connect();
    await vi.waitFor(() => second.registerApp(APP));
    await second.call('ping', {});
    expect(await second.connect(sessionId)).toMatchObject({ isConnected: true });
    const late = createInbox<unknown>();
    await second.onDisconnect(sessionId, (info) => late.put(info));
    await second.call('ping', {});
    expect(late.items).toEqual([]);
  });

  it('are not kept when the gateway refuses them', async () => {
    const client = await (await createHome()).connect();
    await client.registerApp(APP);
    await expect(client.onConnect(999, () => {})).rejects.toMatchObject({ code: 401 });
  });

  it('hear how the session ended, once', async () => {
    const home = await createHome();
    const client = await home.connect();
    await client.registerApp(APP);
    const { sessionId } = await openEchoSession(client);
    const inbox = createInbox<unknown>();
    await client.onDisconnect(sessionId, (info) => inbox.put(info));
    await home.phone.close();
    expect(await inbox.take(1)).toEqual([{ sessionId, reason: 1 }]);
  });

  it('that throw leave the others and the client untouched', async () => {
    const client = await (await createHome()).connect();
    await client.registerApp(APP);
    const { sessionId, inbox } = await openEchoSession(client);
    const thrown = new Promise((resolve) => {
      process.once('uncaughtException', resolve);
    });
    await client.offReceiveMessage(sessionId);
    await client.onReceiveMessage(sessionId, () => {
      throw new Error('the app’s own mistake');
    });
    await client.onReceiveMessage(sessionId, ({ msg = '' }) => inbox.put(msg));
    await client.sendMessage(sessionId, 'hello');
    expect(await inbox.take(1)).toEqual(['hello']);
    expect(await thrown).toMatchObject({ message: 'the app’s own mistake' });
  });
});
