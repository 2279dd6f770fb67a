import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { CollaborateParameters } from '../../src/broker/interface.js';
import { createClient } from '../../src/client/client.js';
import type { AppDefinition, TandemClient, Want } from '../../src/client/interface.js';
import { OnCollaborateResult, REQUIRED_PERMISSIONS, WantKeys } from '../../src/protocol/codes.js';
import { BrokerError } from '../../src/protocol/errors.js';
import { APP, createHome, createInbox, type Inbox, openEchoSession } from './fixture.js';

describe('client', () => {
  it('says which gateway it reached', async () => {
    const client = await (await createHome()).connect();
    expect(await client.ready()).toMatchObject({ deviceId: 'kitchen', bundleName: APP.bundleName });
    expect(client.state).toMatchObject({ type: 'connected', gateway: { deviceId: 'kitchen' } });
  });

  it('lists the devices in range', async () => {
    const client = await (await createHome()).connect();
    expect(await client.getAvailableDeviceList()).toEqual([
      { networkId: 'phone', deviceId: 'phone', deviceName: 'phone' },
    ]);
  });

  it('opens a session, sends a text and receives the answer', async () => {
    const client = await (await createHome()).connect();
    await client.registerApp(APP);
    const { sessionId, inbox } = await openEchoSession(client);
    await client.sendMessage(sessionId, 'grüße');
    expect(await inbox.take(1)).toEqual(['grüße']);
    expect(await client.getPeerInfoById(sessionId)).toMatchObject({ deviceId: 'phone', serviceName: 'lamp' });
    expect(await client.listSessions()).toMatchObject([{ sessionId, state: 'connected' }]);
  });

  it('carries data of any size in binary frames', async () => {
    const client = await (await createHome()).connect();
    await client.registerApp(APP);
    const { sessionId } = await openEchoSession(client);
    const inbox = createInbox<ArrayBuffer>();
    await client.onReceiveData(sessionId, ({ data = new ArrayBuffer(0) }) => inbox.put(data));
    const sent = [1, 70_000, 1_000_000].map((length) => Uint8Array.from({ length }, (_, index) => index % 251).buffer);
    for (const data of sent) await client.sendData(sessionId, data);
    const hashes = (await inbox.take(3)).map(hash);
    expect(hashes).toEqual(sent.map(hash));
  });

  it('keeps more calls than the gateway takes at once, in order', async () => {
    const home = await createHome({ limits: { callsInFlight: 4 } });
    const client = await home.connect();
    await client.registerApp(APP);
    const { sessionId, inbox } = await openEchoSession(client);
    const texts = Array.from({ length: 100 }, (_, index) => `text ${index}`);
    await Promise.all(texts.map((text) => client.sendMessage(sessionId, text)));
    expect(await inbox.take(100)).toEqual(texts);
  });

  it('refuses calls beyond those that may wait', async () => {
    const home = await createHome({ limits: { callsInFlight: 1 } });
    const client = await home.connect();
    await client.ready();
    const calls = await Promise.allSettled(Array.from({ length: 1_100 }, () => client.call('ping', {})));
    expect(calls.filter(({ status }) => status === 'rejected')).toHaveLength(1_100 - 1 - 1_024);
    expect(calls.at(-1)).toMatchObject({ reason: { kind: 'tooManyInFlight' } });
  });

  it('forgets an app when closed: its peer hears at once', async () => {
    const home = await createHome();
    const client = await home.connect();
    await client.registerApp(APP);
    await openEchoSession(client);
    const ended = new Promise((resolve) => {
      home.phone.sessions$.subscribe(({ state, disconnectReason }) => {
        if (state === 'disconnected') resolve(disconnectReason);
      });
    });
    await client.close();
    expect(await ended).toBe(1);
  });
});

describe('client, errors', () => {
  it('are the broker’s own, with code and kind', async () => {
    const client = await (await createHome()).connect();
    await client.registerApp(APP);
    const failure = await client.sendMessage(999, 'hello').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(BrokerError);
    expect(failure).toMatchObject({ code: 401, kind: 'sessionNotFound', isRetryable: false });
    expect(String(failure)).not.toMatch(/(Failed to execute).*\1/);
  });

  it('say what an app must do first', async () => {
    const client = await (await createHome()).connect();
    await expect(client.connect(100)).rejects.toMatchObject({ kind: 'appNotRegistered' });
  });

  it('refuse data that no binary frame can carry', async () => {
    const client = await (await createHome()).connect();
    await client.registerApp(APP);
    await expect(client.sendData(Number.NaN, new ArrayBuffer(1))).rejects.toMatchObject({ code: 401 });
    const noBuffer = 'text' as unknown as ArrayBuffer; // as from JavaScript
    await expect(client.sendData(100, noBuffer)).rejects.toMatchObject({ code: 401 });
  });

  it.each(['http://127.0.0.1', 'nonsense', ''])('refuse the url "%s" at once', (url) => {
    expect(() => createClient({ url, token: '' })).toThrow(expect.objectContaining({ kind: 'invalidParameter' }));
  });
});

describe('client, onCollaborate', () => {
  /** The phone asks the client's app for a session. */
  async function ask(onCollaborate: AppDefinition['onCollaborate'] & {}) {
    const home = await createHome();
    const client = await home.connect();
    await client.registerApp({ ...APP, onCollaborate });
    const caller = home.phone.registerApp({ ...APP, permissions: REQUIRED_PERMISSIONS });
    const manager = caller.abilityConnectionManager;
    const sessionId = manager.createAbilityConnectionSession('s', caller.context, { ...APP, deviceId: 'kitchen' }, {});
    return { manager, sessionId, result: await manager.connect(sessionId) };
  }

  it('accepts, and the session is connected', async () => {
    const inbox = createInbox<string>();
    const { manager, sessionId, result } = await ask((want, client) => {
      void accept(parametersOf(want), client, inbox);
      return OnCollaborateResult.ACCEPT;
    });
    expect(result).toMatchObject({ isConnected: true });
    await manager.sendMessage(sessionId, 'from the phone');
    expect(await inbox.take(1)).toEqual(['from the phone']);
  });

  it('refuses by its answer', async () => {
    const { result } = await ask(() => OnCollaborateResult.REJECT);
    expect(result).toMatchObject({ isConnected: false, errorCode: 1 });
  });

  it('refuses with words of its own', async () => {
    const answered = createInbox<void>();
    const { result } = await ask(async (want, client) => {
      await client.reject(parametersOf(want)[WantKeys.TOKEN], 'not now');
      answered.put();
      return OnCollaborateResult.REJECT;
    });
    expect(result).toEqual({ isConnected: false, errorCode: 1, reason: 'not now' });
    await answered.take(1);
  });
});

/** What an app does in its `onCollaborate`, as in the reference's acceptConnect example. */
async function accept(parameters: CollaborateParameters, client: TandemClient, inbox: Inbox<string>): Promise<void> {
  const { PeerInfo, ConnectOptions, [WantKeys.TOKEN]: token } = parameters;
  const sessionId = await client.createAbilityConnectionSession(PeerInfo.serviceName ?? '', PeerInfo, ConnectOptions);
  await client.onReceiveMessage(sessionId, ({ msg = '' }) => inbox.put(msg));
  await client.acceptConnect(sessionId, token);
}

function hash(data: ArrayBuffer): string {
  return createHash('sha256').update(new Uint8Array(data)).digest('hex');
}

function parametersOf(want: Want): CollaborateParameters {
  return want[WantKeys.COLLABORATE_PARAMETERS] as CollaborateParameters; // as the reference's example does
}
