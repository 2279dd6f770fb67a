/** How long a text takes, alone and while data fills the air, in virtual time. */
import type { Figures } from '../harness/contender.js';
import { type BleStage, createBleStage, waitFor } from './ble-stage.js';
import { type Ends, endsOf, sendAcross } from './ways.js';

const MIB = 1_024 * 1_024;
const IDLE_TEXTS = 100;

interface Times {
  readonly sentMs: number;
  /** Until the other app has it. */
  readonly arrivalMs: number;
  /** Until the sender knows. */
  readonly answerMs: number;
}

/** Texts one after the other, at moments that have nothing to do with connection events: first alone, then during 1 MiB of data the same way. */
export async function measureLatency(textBytes: number): Promise<{ ours: Figures; paper: Figures }> {
  const stage = await createBleStage({ intervalMs: 7.5 });
  const ends = endsOf(stage, 'down');
  await stage.pass(waitFor(stage, 1_000));
  let left = IDLE_TEXTS;
  const idle = await stage.pass(sendTexts(stage, ends, textBytes, () => left-- > 0));
  let isSending = true;
  const sending = sendAcross(ends, MIB, stage.clock.now).then(() => {
    isSending = false;
  });
  const busy = await stage.pass(sendTexts(stage, ends, textBytes, () => isSending));
  await stage.pass(sending);
  await stage.close();
  return { ours: figuresOf(busy), paper: figuresOf(idle) };
}

/** The most that a text of 1 KB takes beyond the first connection event after the call, in connection intervals: five packets fit in it. */
export async function measureLoneText(intervalMs: number): Promise<Figures> {
  const stage = await createBleStage({ intervalMs });
  await stage.pass(waitFor(stage, 1_000));
  let left = IDLE_TEXTS;
  const texts = await stage.pass(sendTexts(stage, endsOf(stage, 'down'), 1_024, () => left-- > 0));
  await stage.close();
  const [first] = texts;
  const anchorMs = first === undefined ? Number.NaN : first.sentMs + first.arrivalMs;
  const extra = texts.map(({ sentMs, arrivalMs }) => {
    const paperMs = anchorMs + Math.ceil((sentMs - anchorMs) / intervalMs) * intervalMs;
    return (sentMs + arrivalMs - paperMs) / intervalMs;
  });
  return { intervals: Math.round(Math.max(...extra) * 1e3) / 1e3 };
}

async function sendTexts(
  stage: BleStage,
  { from, to }: Ends,
  textBytes: number,
  goesOn: () => boolean,
): Promise<Times[]> {
  const { clock } = stage;
  const random = createRandom();
  const times: Times[] = [];
  let arrive = (): void => {};
  to.calls.on('receiveMessage', to.sessionId, () => arrive());
  while (goesOn()) {
    await waitFor(stage, 20 + 20 * random());
    const sentMs = clock.now();
    const arrived = new Promise<number>((resolve) => {
      arrive = () => resolve(clock.now() - sentMs);
    });
    await from.calls.sendMessage(from.sessionId, 'x'.repeat(textBytes));
    times.push({ sentMs, arrivalMs: await arrived, answerMs: clock.now() - sentMs });
  }
  to.calls.off('receiveMessage', to.sessionId);
  return times;
}

function figuresOf(times: readonly Times[]): Figures {
  const arrivals = times.map(({ arrivalMs }) => arrivalMs);
  const answers = times.map(({ answerMs }) => answerMs);
  return {
    arrivalP50Ms: percentile(arrivals, 0.5),
    arrivalP99Ms: percentile(arrivals, 0.99),
    answerP50Ms: percentile(answers, 0.5),
    answerP99Ms: percentile(answers, 0.99),
  };
}

/** The smallest value that is not below this share of all. */
function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
}

/** Numbers from 0 to below 1, the same ones every time: Park and Miller's generator. */
function createRandom(): () => number {
  let seed = 1;
  return () => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
}
