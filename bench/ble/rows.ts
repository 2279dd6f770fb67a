/** What is measured over Bluetooth LE: the real noble and bleno on virtual controllers, the hub a central, the device a peripheral. */
import { startContender } from '../harness/child.js';
import type { Contender } from '../harness/contender.js';
import { alone, besidePaper, besidePeer, counted, type Measurement } from '../harness/measurement.js';
import type { Row } from '../harness/row.js';
import type { FloodParams } from './flood.js';
import { measureEfficiency, measureGoodput } from './goodput.js';
import { measureHub } from './hub.js';
import { measureLatency, measureLoneText } from './latency.js';
import { connecting, resuming } from './opening.js';
import type { Way } from './ways.js';

const group = 'ble';
const WAYS: Readonly<Record<Way, string>> = { down: 'hub → device', up: 'device → hub' };
const BOTH = ['down', 'up'] as const;

export const BLE_MEASUREMENTS: readonly Measurement[] = [
  ...[7.5, 15, 22.5].flatMap((intervalMs) => BOTH.map((way) => goodput(intervalMs, way))),
  ...BOTH.map(instantGoodput),
  ...[247, 185, 23, 517].map(efficiency),
  counted(async () => (await measureLoneText(7.5))['intervals'] ?? Number.NaN, {
    group,
    work: '1 KB text alone, at most, beyond the next connection event',
    beside: '–',
    unit: 'intervals',
    must: 1,
    reach: 0,
  }),
  ...[200, 1_024].map(latency),
  ...[undefined, 7.5].map(opening),
  ...BOTH.flatMap((way) => [1, 3, 9].map((devices) => hub(devices, devices, way))),
  hub(9, 1, 'down'),
  ...[7.5, 15].map(resume),
];

function goodput(intervalMs: number, way: Way): Measurement {
  return besidePaper(
    () => measureGoodput(intervalMs, way),
    [
      {
        ...shown(`sendData, ${WAYS[way]}, interval ${intervalMs} ms`, 'kBPerSecond', 'kB/s', 'more'),
        beside: 'paper: every packet full',
        must: 0.95,
        reach: 0.985,
      },
    ],
  );
}

function instantGoodput(way: Way): Measurement {
  const row = shown(`sendData, ${WAYS[way]}, instant air: rate`, 'perSecond', 'kB/s', 'more');
  const beside = way === 'down' ? 'raw noble, write without response' : 'raw bleno, notify';
  return besidePeer({ ours: flood('brokers', way), peer: flood('raw stacks', way) }, [
    { ...row, beside, must: 0.9, reach: 1 },
    { ...shown(`sendData, ${WAYS[way]}, instant air: CPU`, 'cpuUs', 'µs CPU/kB', 'less'), beside },
  ]);
}

function flood(who: FloodParams['who'], way: Way): () => Promise<Contender> {
  return () => startContender(new URL('./flood.js', import.meta.url), { who, way } satisfies FloodParams);
}

/** The floor holds for packets of 244 bytes. */
function efficiency(mtu: number): Measurement {
  const limits = mtu >= 247 ? { must: 0.96, reach: 0.98 } : {};
  const words = mtu > 256 ? `${mtu} (noble uses 256)` : String(mtu);
  return once(
    () => measureEfficiency(mtu),
    [
      { ...shown(`64 KiB, MTU ${words}: payload by bytes handed to ATT`, 'share', '', 'more'), ...limits },
      shown(`64 KiB, MTU ${words}: bytes of the other side meanwhile`, 'answerBytes', 'B', 'less'),
    ],
  );
}

function latency(textBytes: number): Measurement {
  const work = (what: string) => `${textBytes} B text during 1 MiB, ${what}`;
  const beside = 'the same text alone';
  const limits = { must: 2, reach: 1.5 };
  return besidePaper(
    () => measureLatency(textBytes),
    [
      { ...shown(work('sendMessage resolved, p50'), 'answerP50Ms', 'ms', 'less'), beside },
      { ...shown(work('sendMessage resolved, p99'), 'answerP99Ms', 'ms', 'less'), beside, ...limits },
      { ...shown(work('arrived, p50'), 'arrivalP50Ms', 'ms', 'less'), beside },
      { ...shown(work('arrived, p99'), 'arrivalP99Ms', 'ms', 'less'), beside },
    ],
  );
}

function opening(intervalMs: number | undefined): Measurement {
  const where = intervalMs === undefined ? 'instant air' : `interval ${intervalMs} ms`;
  return alone(connecting(intervalMs === undefined ? {} : { intervalMs }), [
    shown(`connect, device met, no link, ${where}`, 'coldMs', 'ms', 'less'),
    shown(`connect on a live link, ${where}`, 'liveMs', 'ms', 'less'),
  ]);
}

function hub(devices: number, senders: number, way: Way): Measurement {
  const which = senders === devices ? String(devices) : `${senders} of ${devices}`;
  const work = `${which} ${devices === 1 ? 'device' : 'devices'} at once, ${WAYS[way]}`;
  return once(
    () => measureHub(devices, senders, way),
    [
      shown(`${work}: together`, 'kBPerSecond', 'kB/s', 'more'),
      shown(`${work}: the slowest, of a fair share`, 'slowestShare', '', 'more'),
    ],
  );
}

function resume(intervalMs: number): Measurement {
  const row = (work: string, figure: string) => shown(`${work}, interval ${intervalMs} ms`, figure, 'ms', 'less');
  return alone(resuming(intervalMs), [
    row('partition: until the link is lost', 'noticedMs'),
    row('after a partition of 5 s: until a waiting text arrives', 'resumedMs'),
    row('… of it until connected', 'dialMs'),
    row('… of it from there to the first packet', 'gattMs'),
    row('… of it handshake, resume and the text', 'handshakeMs'),
  ]);
}

/** In virtual time, where every round is the same. */
function once(round: Parameters<typeof alone>[0], rows: readonly Row[]): Measurement {
  return { rows, run: () => alone(round, rows).run(1) };
}

function shown(work: string, figure: string, unit: string, better: Row['better']): Row {
  return { group, work, beside: '–', figure, unit, better };
}
