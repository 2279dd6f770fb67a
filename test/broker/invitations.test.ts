import { BehaviorSubject, filter, firstValueFrom } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SimulatedClock } from 'xstate';
import { createBroker } from '../../src/broker/broker.js';
import type { Broker } from '../../src/broker/interface.js';
import { ConnectErrorCode } from '../../src/protocol/codes.js';
import { LINK_LINGER_MS, LINK_OPEN_TIMEOUT_MS } from '../../src/protocol/limits.js';
import { accountTag, createAccount, parseAccount } from '../../src/transport/account.js';
import { createMemoryAir } from '../../src/transport/memory.js';
import type { Sighting, Transport } from '../../src/transport/transport.js';
import { createSession, registerApp, registerAskedApp } from '../conformance/fixture.js';
import { advance, advanceUntil, turns } from '../conformance/time.js';

/** A kitchen whose ears are the test's, and a phone; the kitchen's dials are counted. */
async function createStage({ phoneAccount }: { readonly phoneAccount?: string } = {}) {
  const clock = new SimulatedClock();
  const air = createMemoryAir({ clock });
  const account = createAccount();
  const sightings = new BehaviorSubject<readonly Sighting[]>([]);
  const dials: string[] = [];
  const radio = air.transport('kitchen');
  const transport: Transport = {
    ...radio,
    sightings$: sightings,
    dial(deviceId, options) {
      dials.push(deviceId);
      return radio.dial(deviceId, options);
    },
  };
  const start = async (deviceId: string, ofAccount: string, over: Transport): Promise<Broker> => {
    const broker = await createBroker({ deviceId, account: ofAccount, transport: over, clock });
    onTestFinished(() => broker.close());
    return broker;
  };
  const kitchen = await start('kitchen', account, transport);
  const phone = await start('phone', phoneAccount ?? account, air.transport('phone'));
  const seen: Sighting = { deviceId: 'phone', deviceName: 'phone', accountTag: accountTag(parseAccount(account)) };
  const hear = async (changes: Partial<Sighting> | undefined): Promise<void> => {
    sightings.next(changes === undefined ? [] : [{ ...seen, ...changes }]);
    await turns();
  };
  return { air, clock, kitchen, phone, dials, hear };
}

const links = async ({ nearby$ }: Broker): Promise<number> =>
  (await firstValueFrom(nearby$)).filter(({ isLinked }) => isLinked).length;

describe('a device that asks to be dialled', () => {
  it('is dialled, and the link lingers for its session', async () => {
    const { clock, kitchen, phone, dials, hear } = await createStage();
    await hear({ wantsLink: true });
    await advanceUntil(clock, firstValueFrom(phone.nearby$.pipe(filter((all) => all.some((one) => one.isLinked)))));
    await hear({});
    await advance(clock, LINK_LINGER_MS - 2_000);
    expect([dials, await links(kitchen)]).toEqual([['phone'], 1]);
    await advance(clock, 4_000);
    expect([dials, await links(kitchen)]).toEqual([['phone'], 0]);
  });

  it('is dialled again, with growing pauses, only as long as it asks', async () => {
    const { air, clock, dials, hear } = await createStage();
    air.partition('kitchen', 'phone');
    await hear({ wantsLink: true });
    await advance(clock, 3_000);
    expect(dials.length).toBeGreaterThan(2);
    expect(dials.length).toBeLessThan(6);
    await hear({});
    await advance(clock, LINK_OPEN_TIMEOUT_MS);
    const { length } = dials;
    await advance(clock, 30_000);
    expect(dials).toHaveLength(length);
  });

  it('is dialled on when a session that needed it, too, is gone', async () => {
    const { air, clock, kitchen, dials, hear } = await createStage();
    air.partition('kitchen', 'phone');
    await hear({ wantsLink: true });
    const app = registerApp({ name: 'kitchen', broker: kitchen });
    const sessionId = createSession(app, { name: 'phone', broker: kitchen });
    void app.abilityConnectionManager.connect(sessionId);
    await advance(clock, 1_000);
    app.abilityConnectionManager.destroyAbilityConnectionSession(sessionId);
    const { length } = dials;
    await advance(clock, 6_000);
    expect(dials.length).toBeGreaterThan(length);
  });

  it('is not dialled again when a further dial would end alike', async () => {
    const { clock, dials, hear } = await createStage({ phoneAccount: createAccount() });
    await hear({ wantsLink: true });
    for (let round = 0; round < 5; round += 1) {
      await advance(clock, 1_000);
      await hear({ wantsLink: true, rssi: -50 - round });
    }
    expect(dials).toEqual(['phone']);
  });
});

describe('a device that comes into range', () => {
  it('is dialled at once by who has waited for it', async () => {
    const { air, clock, kitchen, dials, hear } = await createStage();
    air.partition('kitchen', 'phone');
    const app = registerApp({ name: 'kitchen', broker: kitchen });
    const sessionId = createSession(app, { name: 'phone', broker: kitchen });
    void app.abilityConnectionManager.connect(sessionId);
    await advance(clock, 2_000);
    const { length } = dials;
    await hear({});
    expect(dials).toHaveLength(length + 1);
    await hear({ rssi: -50 });
    expect(dials).toHaveLength(length + 1);
  });
});

describe('a radio that is started again', () => {
  it.each(['resetting', 'unknown'] as const)('keeps attempts waiting: %s', async (state) => {
    const { air, clock, kitchen, phone } = await createStage();
    const [here, there] = [
      { name: 'kitchen', broker: kitchen },
      { name: 'phone', broker: phone },
    ];
    const app = registerApp(here);
    const asked = registerAskedApp(there);
    air.setFaults({ delayMs: [50, 50] });
    const connecting = app.abilityConnectionManager.connect(createSession(app, there));
    await turns();
    air.setRadio('kitchen', state);
    await advance(clock, 1_000);
    air.setRadio('kitchen', 'poweredOn');
    expect((await advanceUntil(clock, asked.offers.next())).token).toMatch(/^[0-9a-f]{32}$/);
    void connecting;
  });

  it.each(['resetting', 'unknown'] as const)('is waited for by attempts that begin meanwhile: %s', async (state) => {
    const { air, clock, kitchen, phone } = await createStage();
    const [here, there] = [
      { name: 'kitchen', broker: kitchen },
      { name: 'phone', broker: phone },
    ];
    const app = registerApp(here);
    const asked = registerAskedApp(there);
    air.setRadio('kitchen', state);
    await turns();
    const connecting = app.abilityConnectionManager.connect(createSession(app, there));
    await advance(clock, 1_000);
    air.setRadio('kitchen', 'poweredOn');
    expect((await advanceUntil(clock, asked.offers.next())).token).toMatch(/^[0-9a-f]{32}$/);
    void connecting;
  });

  it('makes attempts fail once it is off', async () => {
    const { air, clock, kitchen, phone } = await createStage();
    const app = registerApp({ name: 'kitchen', broker: kitchen });
    air.setFaults({ delayMs: [50, 50] });
    const sessionId = createSession(app, { name: 'phone', broker: phone });
    const connecting = app.abilityConnectionManager.connect(sessionId);
    await turns();
    air.setRadio('kitchen', 'resetting');
    await turns();
    air.setRadio('kitchen', 'unauthorized');
    const result = await advanceUntil(clock, connecting);
    expect(result.errorCode).toBe(ConnectErrorCode.LOCAL_WIFI_NOT_OPEN);
  });
});
