/** What is measured of the gateway: client → gateway → session → link → session → gateway → client. docs/performance.md says how. */
import { spawnSync } from 'node:child_process';
import type { Start } from '../harness/compare.js';
import { alone, besidePeer, besidePeers, type Measurement } from '../harness/measurement.js';
import type { Row } from '../harness/row.js';
import { atRate, contender, cpuDuring, type Load, relaying, type ServerModule } from './contender.js';
import type { LoadOrder } from './load.js';

const group = 'gateway';
const HAND_OVER: ServerModule = { name: 'tandem-server', params: { isSealed: false } };
const SEALED: ServerModule = { name: 'tandem-server', params: { isSealed: true } };
const BARE: ServerModule = { name: 'bare-server' };
const FASTIFY: ServerModule = { name: 'fastify-server' };
const BARE_WORDS = 'bare `ws` server, JSON, a Map';
const FASTIFY_WORDS = 'bare @fastify/websocket';

const TEXTS: Load = { pairs: 50, payload: { type: 'text', bytes: 200 } };
const BUSY: LoadOrder = { messagesPerPair: 1_000, inFlight: 16 };
const QUIET: LoadOrder = { messagesPerPair: 600, inFlight: 1 };

const OBSERVERS = 1_000;
/** That each of them is told in a round. */
const EVENTS = 100;

export const GATEWAY_MEASUREMENTS: readonly Measurement[] = [
  textsBesideBare(HAND_OVER, 'hand-over'),
  textsBesideBare(SEALED, 'sealed'),
  textsBesideOthers(),
  textsOfPairs(1, { messagesPerPair: 10_000, inFlight: 16 }),
  textsOfPairs(500, { messagesPerPair: 60, inFlight: 4 }),
  textsOfPairs(5_000, { messagesPerPair: 6, inFlight: 1 }),
  smallData(),
  largeData(),
  ...[1_000, 5_000, 20_000].map(latencyAt),
  fanOut(),
  stalledObserver(),
  idleMemory(),
  manyClients(),
];

/** Both ways must reach the floor: what is sealed is what a radio carries. */
function textsBesideBare(ours: ServerModule, way: string): Measurement {
  const orders = { busy: BUSY, quiet: QUIET };
  return besidePeer({ ours: relaying(ours, TEXTS, orders), peer: relaying(BARE, TEXTS, orders) }, [
    rate(`200 B text, 16 in flight: rate, ${way}`, BARE_WORDS, 'busyPerSecond', 0.9, 2.5),
    cpu(`200 B text, 16 in flight: CPU, ${way}`, BARE_WORDS, 'busyCpuUs', 1.1, 0.4),
    cpu(`200 B text, 1 in flight: CPU, ${way}`, BARE_WORDS, 'quietCpuUs', 1.15, 1),
  ]);
}

/** For orientation: they do other things, and answer earlier or not at all. */
function textsBesideOthers(): Measurement {
  const side = (server: ServerModule) => relaying(server, TEXTS, { busy: BUSY });
  const others: Record<string, ServerModule> = {
    [FASTIFY_WORDS]: FASTIFY,
    'Socket.IO, acknowledged': { name: 'socket-io-server' },
    'aedes, QoS 1': { name: 'aedes-server' },
    ...installed('mosquitto', 'mosquitto, QoS 1'),
    ...installed('nats-server', 'nats-server, unacknowledged'),
  };
  return besidePeers(side(HAND_OVER), shown(others, side, 'busy', '200 B text, 16 in flight'));
}

function textsOfPairs(pairs: number, order: LoadOrder): Measurement {
  const load = { ...TEXTS, pairs };
  const work = `200 B text, ${(2 * pairs).toLocaleString('en')} clients, ${order.inFlight} in flight`;
  return besidePeer({ ours: relaying(HAND_OVER, load, { busy: order }), peer: relaying(BARE, load, { busy: order }) }, [
    rate(`${work}: rate`, BARE_WORDS, 'busyPerSecond', 0.9, 2.5),
    cpu(`${work}: CPU`, BARE_WORDS, 'busyCpuUs', 1.15, 1),
  ]);
}

function smallData(): Measurement {
  const load: Load = { pairs: 50, payload: { type: 'data', bytes: 1_024 } };
  const side = (server: ServerModule) => relaying(server, load, { busy: BUSY });
  const work = 'data of 1 KB, 16 in flight';
  const words = 'bare `ws` relay, binary';
  return besidePeers(side(HAND_OVER), {
    bare: {
      start: side(BARE),
      rows: [rate(`${work}: rate`, words, 'busyPerSecond', 0.9, 3), cpu(`${work}: CPU`, words, 'busyCpuUs')],
    },
    ...shown(installed('nats-server', 'nats-server, unacknowledged'), side, 'busy', work),
  });
}

function largeData(): Measurement {
  const load: Load = { pairs: 10, payload: { type: 'data', bytes: 65_536 } };
  const side = (server: ServerModule) => relaying(server, load, { busy: { messagesPerPair: 300, inFlight: 4 } });
  const work = 'data of 64 KiB, 4 in flight';
  return besidePeers(side(HAND_OVER), {
    fastify: {
      start: side(FASTIFY),
      rows: [
        rate(`${work}: rate`, FASTIFY_WORDS, 'busyPerSecond', 0.9),
        cpu(`${work}: CPU`, FASTIFY_WORDS, 'busyCpuUs'),
      ],
    },
    bare: { start: side(BARE), rows: [rate(`${work}: rate`, 'bare `ws` relay, binary', 'busyPerSecond')] },
  });
}

function latencyAt(perSecond: number): Measurement {
  const side = (server: ServerModule) => atRate(server, TEXTS, { perSecond, messages: perSecond * 2 });
  const row = (figure: string, must: number, reach: number): Row => ({
    group,
    work: `200 B text at ${perSecond.toLocaleString('en')}/s, ${figure.slice(0, 3)}`,
    beside: FASTIFY_WORDS,
    figure,
    unit: 'ms',
    better: 'less',
    ...(perSecond === 5_000 && { must, reach }),
  });
  return besidePeer({ ours: side(HAND_OVER), peer: side(FASTIFY), warmUpRounds: 1 }, [
    row('p50Ms', 1.2, 1.05),
    row('p99Ms', 2, 1.2),
  ]);
}

function fanOut(): Measurement {
  const side = (server: ServerModule): Start =>
    contender(server, './observing.js', { observers: OBSERVERS }, async (child, load) => {
      const cpuUs = await cpuDuring(child, async () => void (await load.call('run', EVENTS)));
      return { cpuUs: cpuUs / (EVENTS * OBSERVERS) };
    });
  return besidePeer({ ours: side(HAND_OVER), peer: side(BARE) }, [
    cpu('one event to 1,000 observers: CPU per delivery', '`ws`, one string', 'cpuUs', 1.1, 0.85),
  ]);
}

function stalledObserver(): Measurement {
  const side = (isStalled: boolean): Start =>
    contender(HAND_OVER, './stalled.js', { ...TEXTS, isStalled }, async (server, load) => ({
      ...((await load.call('run', { perSecond: 2_000, messages: 6_000 })) as Record<string, number>), // as fixed-rate.ts says
      memoryMiB: ((await server.call('memory')) as number) / 2 ** 20, // as process-figures.ts says
    }));
  const row = (figure: string, unit: string): Row => ({
    group,
    work: `others while one observer does not read: ${figure === 'p99Ms' ? 'p99' : 'memory of the process'}`,
    beside: 'the same, and it reads',
    figure,
    unit,
    better: 'less',
    must: 1.5,
    reach: 1.1,
  });
  return besidePeer({ ours: side(true), peer: side(false), warmUpRounds: 1 }, [
    row('p99Ms', 'ms'),
    row('memoryMiB', 'MiB'),
  ]);
}

function idleMemory(): Measurement {
  const clients = 5_000;
  const side = (server: ServerModule): Start =>
    contender(server, './idle.js', {}, async (child, load) => {
      const before = (await child.call('memory')) as number; // as process-figures.ts says
      await load.call('open', clients);
      const after = (await child.call('memory')) as number; // as above
      return { kibibytes: (after - before) / clients / 1_024 };
    });
  return besidePeer({ ours: side(HAND_OVER), peer: side(FASTIFY), isFresh: true }, [
    {
      group,
      work: 'resident memory per idle client of 5,000',
      beside: FASTIFY_WORDS,
      figure: 'kibibytes',
      unit: 'KiB',
      better: 'less',
      must: 1.3,
      reach: 1.1,
    },
  ]);
}

/** As many as the process may have files: a few belong to the system. */
function manyClients(): Measurement {
  const start = contender(HAND_OVER, './idle.js', {}, async (_, load) => {
    await load.call('open', 19_500);
    return { count: (await load.call('answered')) as number }; // as idle.ts says
  });
  const round = async () => {
    const side = await start();
    try {
      return await side.round();
    } finally {
      await side.close();
    }
  };
  const row: Row = {
    group,
    work: 'clients of one process, each authenticated and answered',
    beside: '–',
    figure: 'count',
    unit: 'clients',
    better: 'more',
    must: 15_000,
    reach: 19_500,
  };
  return { rows: [row], run: () => alone(round, [row]).run(1) };
}

function rate(work: string, beside: string, figure: string, must?: number, reach?: number): Row {
  const bounds = { ...(must !== undefined && { must }), ...(reach !== undefined && { reach }) };
  return { group, work, beside, figure, unit: '/s', better: 'more', ...bounds };
}

function cpu(work: string, beside: string, figure: string, must?: number, reach?: number): Row {
  return { ...rate(work, beside, figure, must, reach), unit: 'µs server CPU', better: 'less' };
}

function shown(
  servers: Readonly<Record<string, ServerModule>>,
  side: (server: ServerModule) => Start,
  load: string,
  work: string,
): Record<string, { start: Start; rows: Row[] }> {
  const peers = Object.entries(servers).map(([words, server]) => {
    const rows = [rate(`${work}: rate`, words, `${load}PerSecond`), cpu(`${work}: CPU`, words, `${load}CpuUs`)];
    return [words, { start: side(server), rows }] as const;
  });
  return Object.fromEntries(peers);
}

/** Programs that take part where they are installed. */
function installed(program: string, words: string): Record<string, ServerModule> {
  const isThere =
    spawnSync(program, ['--help'], { env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` } }).error ===
    undefined;
  return isThere ? { [words]: { name: 'native-server', params: { program } } } : {};
}
