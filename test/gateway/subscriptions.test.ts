import { BehaviorSubject } from 'rxjs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Broker, NearbyDevice } from '../../src/broker/interface.js';
import { createGateway } from '../../src/gateway/gateway.js';
import type { MethodResult } from '../../src/protocol/calls.js';
import { FEED_HISTORY, NEARBY_UPDATE_MS } from '../../src/protocol/limits.js';
import { createSession, createStage, openApp, openClient } from './fixture.js';
import type { Params, RawClient } from './raw-client.js';

describe('a subscription to sessions', () => {
  it('begins with all there are, and goes on with every change', async () => {
    const { kitchen } = await createStage();
    const app = await openApp(kitchen);
    const first = await createSession(app, 'phone');
    const watcher = await openClient(kitchen, { scopes: ['read'] });
    const { epoch, offset, ...rest } = await subscribe(watcher);
    expect(rest).toMatchObject({
      subscription: 'sessions',
      recovered: false,
      sessions: [{ sessionId: first, state: 'created' }],
    });

    const second = await createSession(app, 'phone', 'other');
    await app.call('destroyAbilityConnectionSession', { sessionId: second });
    const updates = watcher.notifications('update');
    const expected = { subscription: 'sessions', epoch };
    expect(await updates.next()).toMatchObject({
      ...expected,
      offset: offset + 1,
      session: { sessionId: second, state: 'created' },
    });
    expect(await updates.next()).toMatchObject({
      offset: offset + 2,
      session: { sessionId: second, state: 'destroyed' },
    });
  });

  it('ends when it is asked to', async () => {
    const { kitchen } = await createStage();
    const app = await openApp(kitchen);
    await subscribe(app);
    await app.call('unsubscribe', { subscription: 'sessions' });
    await createSession(app, 'phone');
    await app.call('ping');
    expect(app.notifications('update').all).toEqual([]);
  });

  it('shows the sessions of the own bundle, and with scope admin those of all', async () => {
    const { kitchen } = await createStage();
    const app = await openApp(kitchen);
    const other = await openClient(kitchen, { bundleName: 'com.example.other', scopes: ['read'] });
    const admin = await openClient(kitchen, { bundleName: 'com.example.other', scopes: ['read', 'admin'] });
    for (const watcher of [other, admin]) await subscribe(watcher);
    const sessionId = await createSession(app, 'phone');
    expect(await admin.notifications('update').next()).toMatchObject({ session: { sessionId } });
    await other.call('ping');
    expect(other.notifications('update').all).toEqual([]);
    expect(await other.call('listSessions')).toEqual([]);
    expect(await admin.call('listSessions')).toMatchObject([{ sessionId }]);
  });

  it('gives who comes back exactly what was missed', async () => {
    const { kitchen } = await createStage();
    const app = await openApp(kitchen);
    const watcher = await openClient(kitchen, { scopes: ['read'] });
    const { epoch, offset } = await subscribe(watcher);
    await watcher.drop();
    const missed = [await createSession(app, 'phone', 'a'), await createSession(app, 'phone', 'b')];

    const back = await openClient(kitchen, { scopes: ['read'] });
    const resumed = await subscribe(back, { epoch, offset });
    expect(resumed).toMatchObject({ recovered: true, offset: offset + 2 });
    expect(resumed.sessions?.map(({ sessionId }) => sessionId)).toEqual(missed);
    expect((await subscribe(back, { epoch, offset: offset + 2 })).sessions).toEqual([]);
  });

  it('gives all there is to who missed too much, or comes from another time', async () => {
    const { kitchen } = await createStage();
    const app = await openApp(kitchen);
    const { epoch, offset } = await subscribe(app);
    const sessionId = await createSession(app, 'phone');
    for (const since of [
      { epoch: 'another', offset },
      { epoch, offset: offset + 2 },
    ]) {
      expect(await subscribe(app, since)).toMatchObject({ recovered: false, sessions: [{ sessionId }] });
    }
    for (let change = 1; change < FEED_HISTORY; change += 1) await createSession(app, 'phone');
    expect(await subscribe(app, { epoch, offset })).toMatchObject({ recovered: true });
    await createSession(app, 'phone');
    expect(await subscribe(app, { epoch, offset })).toMatchObject({ recovered: false });
  });
});

describe('a subscription to devices', () => {
  it('begins with the devices in range, and tells when they change', async () => {
    const { kitchen, phone } = await createStage();
    const watcher = await openClient(kitchen, { scopes: ['read'] });
    const device = { networkId: 'phone', deviceId: 'phone', deviceName: 'Phone' };
    const { offset, devices } = await subscribe(watcher, undefined, 'devices');
    expect(devices).toEqual([device]);
    expect(await watcher.call('getAvailableDeviceList')).toEqual([device]);
    await phone.broker.close();
    expect(await watcher.notifications('update').next()).toMatchObject({
      subscription: 'devices',
      offset: offset + 1,
      devices: [],
    });
  });
});

describe('a subscription to the devices nearby', () => {
  it('shows those of other accounts beside the own, and whether there is a link', async () => {
    const { watcher, clock, changes } = await watchNearby([phone(-50)]);
    const { offset, nearby } = await subscribe(watcher, undefined, 'nearby');
    expect(nearby).toEqual([phone(-50)]);
    clock.increment(NEARBY_UPDATE_MS);
    changes.next([phone(-50), STRANGER]);
    expect(await watcher.notifications('update').next()).toMatchObject({
      subscription: 'nearby',
      offset: offset + 1,
      nearby: [phone(-50), STRANGER],
    });
  });

  it('joins quick changes to one update, which has the last of them', async () => {
    const { watcher, clock, changes } = await watchNearby([]);
    await subscribe(watcher, undefined, 'nearby');
    clock.increment(NEARBY_UPDATE_MS);
    for (const rssi of [-50, -51, -52]) changes.next([phone(rssi)]);
    clock.increment(NEARBY_UPDATE_MS - 1);
    await watcher.call('ping');
    expect(watcher.notifications('update').all).toMatchObject([{ nearby: [phone(-50)] }]);
    clock.increment(1);
    await watcher.call('ping');
    expect(watcher.notifications('update').all).toMatchObject([{ nearby: [phone(-50)] }, { nearby: [phone(-52)] }]);
  });

  it('ends when it is asked to, and leaves the other subscriptions alone', async () => {
    const { watcher, clock, changes } = await watchNearby([]);
    await subscribe(watcher, undefined, 'nearby');
    await subscribe(watcher, undefined, 'devices');
    await watcher.call('unsubscribe', { subscription: 'nearby' });
    clock.increment(NEARBY_UPDATE_MS);
    changes.next([phone(-50)]);
    await watcher.call('ping');
    expect(watcher.notifications('update').all).toEqual([]);
    expect(await subscribe(watcher, undefined, 'devices')).toMatchObject({ subscription: 'devices' });
  });

  it('lets go of the broker, and of its timer, when the gateway closes', async () => {
    const { changes, gateway, clock } = await watchNearby([]);
    const [started, stopped] = [vi.spyOn(clock, 'setTimeout'), vi.spyOn(clock, 'clearTimeout')];
    changes.next([phone(-50)]);
    expect(changes.observed).toBe(true);
    const timer = started.mock.results.at(-1)?.value;
    await gateway.close();
    expect(changes.observed).toBe(false);
    expect(timer).toBeDefined();
    expect(stopped).toHaveBeenCalledWith(timer);
  });
});

const STRANGER: NearbyDevice = {
  deviceId: 'c0:de:00:00:00:09',
  deviceName: '',
  isOurs: false,
  isLinked: false,
  rssi: -80,
};

function phone(rssi: number): NearbyDevice {
  return { deviceId: 'phone', deviceName: 'Phone', isOurs: true, isLinked: true, rssi, lastSeen: 1_795_377_600_000 };
}

/** A gateway whose broker sees nearby what the test says. */
async function watchNearby(first: readonly NearbyDevice[]) {
  const { kitchen, clock } = await createStage();
  const changes = new BehaviorSubject(first);
  const broker: Broker = Object.create(kitchen.broker, { nearby$: { value: changes } });
  const gateway = await createGateway({ broker, tokens: kitchen.tokens, timers: clock });
  onTestFinished(() => gateway.close());
  const watcher = await openClient({ ...kitchen, gateway }, { scopes: ['read'] });
  return { watcher, clock, changes, gateway };
}

function subscribe(client: RawClient, since?: Params, target = 'sessions'): Promise<MethodResult<'subscribe'>> {
  const params = since === undefined ? { target } : { target, since };
  return client.call('subscribe', params) as Promise<MethodResult<'subscribe'>>; // the table says so
}
