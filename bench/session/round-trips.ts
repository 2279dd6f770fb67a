/** How long it takes to open a session when the link is up, in round trips: counted on a simulated clock. */
import { SimulatedClock } from 'xstate';
import { createMemoryAir } from '../../src/transport/memory.js';
import { createStage } from './stage.js';

/** What a packet takes to the other side. */
const DELAY_MS = 100;
/** Enough turns of the event loop for a packet to be read, handled and answered. */
const TURNS_PER_DELAY = 40;
const GIVE_UP_AFTER = 20;

/** From the call of `connect` until it resolves. */
export async function countRoundTrips(isSealed: boolean): Promise<number> {
  const clock = new SimulatedClock();
  const air = createMemoryAir({ sealed: isSealed, clock });
  const stage = await createStage({ isSealed, clock, air });
  air.setFaults({ delayMs: [DELAY_MS, DELAY_MS] });
  const pair = stage.beginPair();
  const connected = await countDelays(clock, pair.connected);
  await countDelays(clock, pair.answererId);
  await stage.close();
  return connected / 2;
}

/** How often a packet's delay must pass until the promise settles. */
async function countDelays(clock: SimulatedClock, promise: Promise<unknown>): Promise<number> {
  let isSettled = false;
  void promise.finally(() => {
    isSettled = true;
  });
  let delays = 0;
  for (await turns(); !isSettled; await turns()) {
    if (delays === GIVE_UP_AFTER) throw new Error(`nothing settled within ${delays} delays`);
    clock.increment(DELAY_MS);
    delays += 1;
  }
  return delays;
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < TURNS_PER_DELAY; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
