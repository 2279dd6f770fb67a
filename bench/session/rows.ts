/** What is measured of sessions in one process: both brokers, and so both ends of every session, are paid for. */
import { startContender } from '../harness/child.js';
import type { Contender } from '../harness/contender.js';
import { besidePeer, type Contest, counted, type Measurement } from '../harness/measurement.js';
import type { Row } from '../harness/row.js';
import type { LivesParams } from './lives.js';
import { countMachineEvents } from './machine-events.js';
import type { MessageParams } from './message.js';
import { countRoundTrips } from './round-trips.js';
import type { XStateParams } from './xstate.js';

const group = 'session';
const MESSAGES = 500_000;
const COLLECTS = ['--expose-gc'];

export const SESSION_MEASUREMENTS: readonly Measurement[] = [
  messageBesideEvent(false, 'hand-over'),
  messageBesideEvent(true, 'sealed'),
  counted(() => countMachineEvents(1_000), {
    group,
    work: 'machine events per 1,000 messages',
    beside: '–',
    unit: 'events',
    must: 20,
    reach: 0,
  }),
  openBesideActor(false, 'hand-over', { must: 1.3, reach: 0.6 }),
  openBesideActor(true, 'sealed', {}),
  besidePeer(
    {
      ours: lives({ task: 'life', sessions: 2_000, live: 10_000 }),
      peer: lives({ task: 'life', sessions: 2_000, live: 100 }),
    },
    [cpuRow('create, connect and destroy, 10,000 live', '100 live', { must: 1.5, reach: 1.2 })],
  ),
  besidePeer(
    { ours: messages({ sessions: 10_000, messages: MESSAGES }), peer: messages({ sessions: 1, messages: MESSAGES }) },
    [cpuRow('message, 10,000 sessions in turn', '1 session', { must: 4, reach: 2 })],
  ),
  besidePeer(
    {
      ours: lives({ task: 'heap', sessions: 100_000, live: 0 }, COLLECTS),
      peer: xstate({ task: 'heap', count: 100_000 }, COLLECTS),
      isFresh: true,
    },
    [
      {
        group,
        work: 'heap of a connected session, 100,000 in the process',
        beside: 'bare connected XState actor',
        figure: 'bytesEach',
        unit: 'B',
        better: 'less',
        must: 2,
        reach: 1.25,
      },
    ],
  ),
  counted(() => countRoundTrips(true), {
    group,
    work: 'connect on a live link',
    beside: '–',
    unit: 'round trips',
    must: 1,
    reach: 1,
  }),
];

function messageBesideEvent(isSealed: boolean, way: string): Measurement {
  const contest: Contest = {
    ours: messages({ isSealed, sessions: 1, messages: isSealed ? MESSAGES / 5 : MESSAGES }),
    peer: xstate({ task: 'event', count: MESSAGES / 2 }),
  };
  const row: Row = {
    group,
    work: `messages A → B, ${way}`,
    beside: 'XState event with guard and assign',
    figure: 'perCpuSecond',
    unit: '/CPU s',
    better: 'more',
    ...(isSealed ? {} : { must: 5, reach: 20 }),
  };
  return besidePeer(contest, [row]);
}

function openBesideActor(isSealed: boolean, way: string, limits: Pick<Row, 'must' | 'reach'>): Measurement {
  return besidePeer(
    {
      ours: lives({ task: 'open', isSealed, sessions: 2_000, live: 0 }),
      peer: xstate({ task: 'connect', count: 2_000 }),
    },
    [cpuRow(`session created → connected, ${way}`, 'XState actor, created → connected, 2 invokes', limits)],
  );
}

function cpuRow(work: string, beside: string, limits: Pick<Row, 'must' | 'reach'>): Row {
  return { group, work, beside, figure: 'cpuUs', unit: 'µs CPU', better: 'less', ...limits };
}

function messages(params: Omit<MessageParams, 'isSealed'> & { readonly isSealed?: boolean }): () => Promise<Contender> {
  const module = new URL('./message.js', import.meta.url);
  return () => startContender(module, { isSealed: false, ...params } satisfies MessageParams);
}

function lives(
  params: Omit<LivesParams, 'isSealed'> & { readonly isSealed?: boolean },
  execArgv: readonly string[] = [],
): () => Promise<Contender> {
  const module = new URL('./lives.js', import.meta.url);
  return () => startContender(module, { isSealed: false, ...params } satisfies LivesParams, execArgv);
}

function xstate(params: XStateParams, execArgv: readonly string[] = []): () => Promise<Contender> {
  return () => startContender(new URL('./xstate.js', import.meta.url), params, execArgv);
}
