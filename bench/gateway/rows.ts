/** What is measured of the gateway: 200 B texts, client → gateway → session → link → session → gateway → client, 50 pairs. */
import { besidePeer, type Measurement } from '../harness/measurement.js';
import type { Row } from '../harness/row.js';
import { startServer } from './contender.js';
import type { TandemServerParams } from './tandem-server.js';

const beside = 'bare `ws` server, JSON, a Map';

export const GATEWAY_MEASUREMENTS: readonly Measurement[] = [textsBesideBare(false), textsBesideBare(true)];

function textsBesideBare(isSealed: boolean): Measurement {
  const params: TandemServerParams = { isSealed };
  return besidePeer(
    {
      ours: startServer(new URL('./tandem-server.js', import.meta.url), params),
      peer: startServer(new URL('./bare-server.js', import.meta.url), {}),
    },
    rows(isSealed ? 'sealed' : 'hand-over'),
  );
}

/** Both ways must reach the floor: what is sealed is what a radio carries. */
function rows(way: string): Row[] {
  const cpu = { group: 'gateway', beside, unit: 'µs server CPU', better: 'less' } as const;
  return [
    {
      group: 'gateway',
      work: `200 B text, 16 in flight: rate, ${way}`,
      beside,
      figure: 'busyPerSecond',
      unit: '/s',
      better: 'more',
      must: 0.9,
      reach: 2.5,
    },
    { ...cpu, work: `200 B text, 16 in flight: CPU, ${way}`, figure: 'busyCpuUs', must: 1.1, reach: 0.4 },
    { ...cpu, work: `200 B text, 1 in flight: CPU, ${way}`, figure: 'quietCpuUs', must: 1.15, reach: 1 },
  ];
}
