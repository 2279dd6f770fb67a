import { describe, expect, it } from 'vitest';
import { registerEchoApp } from '../../src/main/echo-app.js';
import { APP, createHome, createInbox, openEchoSession } from '../client/fixture.js';

describe('echo app', () => {
  it('sends back texts and data, each session its own', async () => {
    const client = await (await createHome()).connect();
    await client.registerApp(APP);
    const [first, second] = [await openEchoSession(client), await openEchoSession(client, 'another')];
    const data = createInbox<ArrayBuffer>();
    await client.onReceiveData(second.sessionId, (info) => info.data && data.put(info.data));
    await client.sendMessage(first.sessionId, 'to the first');
    await client.sendMessage(second.sessionId, 'to the second');
    await client.sendData(second.sessionId, Uint8Array.of(1, 2, 3).buffer);
    expect(await first.inbox.take(1)).toEqual(['to the first']);
    expect(await second.inbox.take(1)).toEqual(['to the second']);
    expect((await data.take(1)).map((bytes) => [...new Uint8Array(bytes)])).toEqual([[1, 2, 3]]);
  });

  it('forgets a session that its peer ended', async () => {
    const home = await createHome();
    const client = await home.connect();
    await client.registerApp(APP);
    const { sessionId } = await openEchoSession(client);
    const forgotten = new Promise<void>((resolve) => {
      home.phone.sessions$.subscribe(({ state }) => state === 'destroyed' && resolve());
    });
    await client.disconnect(sessionId);
    await forgotten;
    expect(home.phone.listSessions()).toEqual([]);
  });

  it('is registered once on a device', async () => {
    const { phone } = await createHome();
    expect(() => registerEchoApp(phone)).toThrow(expect.objectContaining({ kind: 'appInUse' }));
  });
});
