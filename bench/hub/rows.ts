/** What is measured of the hub: 200 B texts, MQTT → hub → session → peer → session → hub → MQTT, at a real mosquitto. */
import { startChild } from '../harness/child.js';
import type { Contender, Figures } from '../harness/contender.js';
import { besidePeer, type Measurement } from '../harness/measurement.js';
import type { HubLoadOrder } from './load.js';
import { startMosquitto } from './mosquitto.js';

const BUSY: HubLoadOrder = { messages: 5_000, inFlight: 16 };
const QUIET: HubLoadOrder = { messages: 1_000, inFlight: 1 };

const common = { group: 'hub', beside: 'bare mqtt.js relay, one hop' } as const;

export const HUB_MEASUREMENTS: readonly Measurement[] = [
  besidePeer(
    {
      ours: () => startRelay(new URL('./tandem-hub.js', import.meta.url)),
      peer: () => startRelay(new URL('./bare-relay.js', import.meta.url)),
    },
    [
      {
        ...common,
        work: '200 B text from MQTT to a peer and back, 16 in flight: rate',
        figure: 'busyPerSecond',
        unit: '/s',
        better: 'more',
      },
      {
        ...common,
        work: '200 B text from MQTT to a peer and back, 16 in flight: CPU',
        figure: 'busyCpuUs',
        unit: 'µs CPU',
        better: 'less',
      },
      {
        ...common,
        work: '200 B text from MQTT to a peer and back, 1 in flight: rate',
        figure: 'quietPerSecond',
        unit: '/s',
        better: 'more',
      },
    ],
  ),
];

/** One process that relays, one that loads it, and an MQTT broker between them. CPU is that of the relaying process. */
async function startRelay(module: URL): Promise<Contender> {
  const mosquitto = await startMosquitto();
  const relay = await startChild(module, { url: mosquitto.url });
  const address = await relay.call('address');
  const load = await startChild(new URL('./load.js', import.meta.url), { url: mosquitto.url, address });

  async function run(order: HubLoadOrder): Promise<{ readonly cpuUs: number; readonly perSecond: number }> {
    const before = (await relay.call('cpu')) as NodeJS.CpuUsage; // the relays are ours
    const wallMs = (await load.call('run', order)) as number; // as above
    const after = (await relay.call('cpu')) as NodeJS.CpuUsage; // as above
    const cpuUs = after.user - before.user + after.system - before.system;
    return { cpuUs: cpuUs / order.messages, perSecond: (order.messages * 1_000) / wallMs };
  }

  return {
    async round(): Promise<Figures> {
      const busy = await run(BUSY);
      const quiet = await run(QUIET);
      return { busyCpuUs: busy.cpuUs, busyPerSecond: busy.perSecond, quietPerSecond: quiet.perSecond };
    },
    async close() {
      await load.stop();
      await relay.stop();
      await mosquitto.stop();
    },
  };
}
