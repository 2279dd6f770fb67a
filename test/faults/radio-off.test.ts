import { filter, firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ConnectErrorCode, type RadioState } from '../../src/protocol/codes.js';
import { connectBetween, createSession, type Device, registerApp, registerAskedApp } from '../conformance/fixture.js';
import {
  type AirStage,
  createAirStage,
  createVirtualStage,
  pass,
  passPackets,
  passTime,
  sessionStates,
} from './stage.js';
import { expectAllOnce, expectNoDisconnect, settle, startTraffic } from './traffic.js';

const SIDES = [
  ['hub', 'kitchen', 'phone'],
  ['device', 'phone', 'kitchen'],
] as const;

async function transferring<Stage extends AirStage>(stage: Stage) {
  const apps = { kitchen: registerApp(stage.kitchen), phone: registerAskedApp(stage.phone) };
  const pair = await pass(stage, connectBetween(stage, apps.kitchen, apps.phone));
  const states = sessionStates(stage);
  const traffic = startTraffic(pair);
  await passPackets(stage, 500);
  return { stage, apps, pair, states, traffic };
}

function radioIs({ broker }: Device, wanted: RadioState): Promise<unknown> {
  return firstValueFrom(broker.radio$.pipe(filter((state) => state === wanted)));
}

describe('a radio switched off in the middle of a transfer', () => {
  it.each(SIDES)('of the %s: the session is suspended, and goes on by itself once it is on again', async (_, off) => {
    const { stage, pair, states, traffic } = await transferring(await createAirStage());
    stage[off].adapter.setPower(false);
    await radioIs(stage[off], 'poweredOff');
    expect(states[off]).toEqual(['suspended']);
    stage[off].adapter.setPower(true);
    await settle(traffic);
    expectAllOnce(traffic);
    expectNoDisconnect(pair);
  });

  it.each(SIDES)(
    'of the %s: connect says code 2 here and code 3 over there, and works again by itself afterwards',
    async (_, off, on) => {
      const { stage, apps, traffic } = await transferring(await createAirStage());
      const appOf = { kitchen: apps.kitchen, phone: apps.phone.app };
      stage[off].adapter.setPower(false);
      await radioIs(stage[off], 'poweredOff');
      const connect = (from: typeof off | typeof on, to: typeof off | typeof on) => {
        const session = createSession(appOf[from], stage[to], { serviceName: `from ${from}` });
        return appOf[from].abilityConnectionManager.connect(session);
      };
      const [here, there] = await Promise.all([connect(off, on), connect(on, off)]);
      expect(here).toMatchObject({
        errorCode: ConnectErrorCode.LOCAL_WIFI_NOT_OPEN,
        reason: 'the radio here is poweredOff',
      });
      expect(there).toMatchObject({
        errorCode: ConnectErrorCode.PEER_WIFI_NOT_OPEN,
        reason: 'the radio of the peer is off',
      });

      stage[off].adapter.setPower(true);
      await radioIs(stage[off], 'poweredOn');
      const next = await connectBetween(stage, apps.kitchen, apps.phone, { serviceName: 'afterwards' });
      await next.kitchen.manager.sendMessage(next.kitchen.sessionId, 'on again');
      expect(next.phone.heard.receiveMessage.all).toMatchObject([{ msg: 'on again' }]);
      await settle(traffic);
      expectAllOnce(traffic);
    },
  );
});

describe('an adapter pulled out in the middle of a transfer', () => {
  it.each(SIDES)('of the %s: the session goes on by itself once it is plugged in again', async (_, off, on) => {
    const { stage, pair, states, traffic } = await transferring(await createVirtualStage());
    stage[off].adapter.pull();
    await passTime(stage, 5_000);
    expect(stage[off].broker.radioState).not.toBe('poweredOn');
    expect([states[off], states[on]]).toEqual([['suspended'], ['suspended']]);
    stage[off].adapter.plug();
    await pass(stage, settle(traffic));
    expectAllOnce(traffic);
    expectNoDisconnect(pair);
    expect(stage[off].broker.radioState).toBe('poweredOn');
  });
});
