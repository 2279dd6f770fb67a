/** One hub with several devices that all send at once, in virtual time. */
import { filter, firstValueFrom } from 'rxjs';
import { createBroker } from '../../src/broker/broker.js';
import type { App } from '../../src/broker/interface.js';
import { REQUIRED_PERMISSIONS } from '../../src/protocol/codes.js';
import { createAccount } from '../../src/transport/account.js';
import type { Figures } from '../harness/contender.js';
import { APP, beginPair, finishPair, registerAnswerer } from '../session/stage.js';
import { type BleSpace, createBleSpace, waitFor } from './ble-stage.js';
import { type Ends, sendAcross, type Way } from './ways.js';

const BYTES_EACH = 256 * 1_024;
const HUB = 'kitchen';

/** Goodput of all together, in kB/s, and what the slowest has of a fair share. Of the devices, `senders` take part; the others are only linked. */
export async function measureHub(devices: number, senders: number, way: Way): Promise<Figures> {
  const space = await createBleSpace({ intervalMs: 7.5 });
  const { stage, close } = await space.pass(createHubStage(space, devices));
  await space.pass(waitFor(space, 1_000));
  const startMs = space.clock.now();
  const tookMs = await space.pass(
    Promise.all(
      stage.slice(0, senders).map(async ({ down, up }) => {
        const arrivedMs = await sendAcross(way === 'down' ? down : up, BYTES_EACH, space.clock.now);
        return arrivedMs - startMs;
      }),
    ),
  );
  await space.pass(close());
  space.air.close();
  const rates = tookMs.map((ms) => BYTES_EACH / ms);
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  return {
    kBPerSecond: (senders * BYTES_EACH) / Math.max(...tookMs),
    slowestShare: Math.min(...rates) / mean,
  };
}

async function createHubStage(space: BleSpace, count: number) {
  const { air, clock } = space;
  const account = createAccount();
  const accepted = new Map<string, (answererId: number) => void>();
  const hubAdapter = air.createAdapter({ name: HUB });
  const transport = space.transport('central', hubAdapter);
  const hub = await createBroker({ deviceId: HUB, account, transport, clock });
  const caller = hub.registerApp({ ...APP, permissions: REQUIRED_PERMISSIONS });
  const devices = await Promise.all(
    Array.from({ length: count }, async (_, place) => {
      const deviceId = `phone ${place + 1}`;
      const adapter = air.createAdapter({ name: deviceId });
      const transport = space.transport('peripheral', adapter);
      const broker = await createBroker({ deviceId, account, transport, clock });
      return { deviceId, adapter, broker, app: registerAnswerer(broker, accepted) };
    }),
  );
  await firstValueFrom(hub.devices$.pipe(filter((known) => known.length === count)));
  const stage: { readonly down: Ends; readonly up: Ends }[] = [];
  for (const { deviceId, adapter, app } of devices) {
    const { callerId, answererId } = await finishPair(beginPair(caller, deviceId, `for ${deviceId}`, accepted));
    const above = { calls: callsOf(caller), sessionId: callerId, adapter: hubAdapter };
    const below = { calls: callsOf(app), sessionId: answererId, adapter };
    stage.push({ down: { from: above, to: below }, up: { from: below, to: above } });
  }
  const close = () => Promise.all([hub, ...devices.map(({ broker }) => broker)].map((broker) => broker.close()));
  return { stage, close };
}

function callsOf({ abilityConnectionManager }: App): App['abilityConnectionManager'] {
  return abilityConnectionManager;
}
