import { describe, expect, it } from 'vitest';
import { APP, createHome, createInbox, openEchoSession } from './fixture.js';

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
