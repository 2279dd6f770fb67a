/** What `/metrics` tells of this device. No label holds a name that a stranger, a peer or a client chose. */
import { type Histogram, monitorEventLoopDelay } from 'node:perf_hooks';
import type { Broker } from '../../broker/interface.js';
import type { HubFigures } from '../../protocol/hub-figures.js';
import type { GatewayParts } from '../connection.js';
import { createExposition, type Exposition } from './exposition.js';

const RADIO_STATES = ['unknown', 'resetting', 'unsupported', 'unauthorized', 'poweredOff', 'poweredOn'] as const;

export interface Metrics {
  /** The text for one scrape. */
  scrape(): string;
  close(): void;
}

export function createMetrics(parts: GatewayParts): Metrics {
  /** Begins with the first scrape: nobody who does not ask pays for its timer. */
  const ticks = monitorEventLoopDelay({ resolution: TICK_MS });

  return {
    scrape() {
      const metrics = createExposition();
      tellBroker(metrics, parts.broker);
      tellGateway(metrics, parts);
      if (parts.hub !== undefined) tellHub(metrics, parts.hub());
      if (!ticks.enable() && ticks.count > 0) tellLag(metrics, ticks);
      ticks.reset();
      tellProcess(metrics);
      return metrics.toText();
    },
    close: () => void ticks.disable(),
  };
}

function tellBroker(metrics: Exposition, broker: Broker): void {
  const counters = broker.counters();
  const radio = Object.fromEntries(RADIO_STATES.map((state) => [state, Number(state === broker.radioState)]));
  metrics.each('gauge', 'tandem_sessions', 'Sessions by state.', 'state', counters.sessions);
  metrics.each('gauge', 'tandem_radio_state', '1 for the state that the radio is in.', 'state', radio);
  metrics.one('gauge', 'tandem_links', 'Links to other devices that are up.', counters.links);
  metrics.one(
    'gauge',
    'tandem_session_queue_bytes',
    'Payload of all sessions that its peer does not have yet.',
    counters.queuedBytes,
  );
  metrics.one(
    'gauge',
    'tandem_unheard_bytes',
    'Payload of all sessions that waits for a listener of its app here.',
    counters.unheardBytes,
  );
  const texts = { sent: counters.textsSent, received: counters.textsReceived };
  const data = { sent: counters.dataSent, received: counters.dataReceived };
  const bytes = { sent: counters.bytesSent, received: counters.bytesReceived };
  metrics.each('counter', 'tandem_texts_total', 'Texts of all sessions.', 'direction', texts);
  metrics.each('counter', 'tandem_data_total', 'Data of all sessions, whole.', 'direction', data);
  metrics.each('counter', 'tandem_payload_bytes_total', 'Bytes of texts and data.', 'direction', bytes);
  metrics.one('counter', 'tandem_resends_total', 'Payload frames sent again on a new link.', counters.resends);
  metrics.one('counter', 'tandem_suspensions_total', 'Sessions that lost their link.', counters.suspensions);
  metrics.durations('tandem_connect_duration_seconds', 'From connect to connected.', counters.connects);
  metrics.durations('tandem_link_open_duration_seconds', 'Opening and securing a link.', counters.linkOpenings);
}

function tellGateway(metrics: Exposition, { connections, strangers, seats, counts }: GatewayParts): void {
  let outboxBytes = 0;
  for (const { socket } of connections) outboxBytes += socket.bufferedAmount;
  const clients = { authenticated: connections.size - strangers.present, stranger: strangers.present };
  metrics.each(
    'gauge',
    'tandem_clients',
    'Connections of the gateway; requests that wait for a refusal are strangers.',
    'kind',
    clients,
  );
  metrics.one('gauge', 'tandem_apps', 'Apps that clients speak for.', seats.size);
  metrics.one('gauge', 'tandem_outbox_bytes', 'Bytes that clients have not read yet.', outboxBytes);
  metrics.one('gauge', 'tandem_seat_bytes', 'Events that clients do not have yet, in bytes.', seats.keptBytes());
  metrics.one('counter', 'tandem_calls_total', 'Calls over WebSocket.', counts.calls);
  metrics.each(
    'counter',
    'tandem_calls_rejected_total',
    'Calls over WebSocket answered with an error.',
    'kind',
    counts.rejected,
  );
}

function tellHub(metrics: Exposition, hub: HubFigures): void {
  const { published, dropped, refused, linksPresent, linksAway } = hub;
  const isConnected = Number(hub.isConnected);
  metrics.one('gauge', 'tandem_mqtt_connected', '1 while the hub is connected to its MQTT broker.', isConnected);
  metrics.one('gauge', 'tandem_mqtt_queue', 'Publications that wait for the MQTT broker.', hub.queued);
  const outcomes = { sent: published, dropped, refused };
  metrics.each('counter', 'tandem_mqtt_publications_total', 'What became of publications.', 'outcome', outcomes);
  const links = { present: linksPresent, away: linksAway };
  metrics.each('gauge', 'tandem_hub_links', 'Hub links by whether their device is there.', 'state', links);
}

/** `ticks` says how long it took from each look at the event loop to the next, in nanoseconds. */
export function tellLag(metrics: Exposition, ticks: Pick<Histogram, 'mean' | 'max' | 'percentile'>): void {
  const values = { mean: lagOf(ticks.mean), '0.99': lagOf(ticks.percentile(99)), max: lagOf(ticks.max) };
  metrics.each(
    'gauge',
    'tandem_event_loop_lag_seconds',
    'How much later than due the event loop came to a timer, since the last scrape.',
    'quantile',
    values,
  );
}

/** How often Node looks at the event loop. */
const TICK_MS = 20;

/** What a tick took beyond the interval, in seconds. */
function lagOf(tickNs: number): number {
  return Math.max(0, tickNs - TICK_MS * 1e6) / 1e9;
}

/** Names that Prometheus has agreed on for every process. */
function tellProcess(metrics: Exposition): void {
  const { rss, heapUsed } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  metrics.one('gauge', 'process_resident_memory_bytes', 'Resident memory.', rss);
  metrics.one('gauge', 'nodejs_heap_size_used_bytes', 'JavaScript heap in use.', heapUsed);
  metrics.one('counter', 'process_cpu_seconds_total', 'CPU time, user and system.', (user + system) / 1e6);
  metrics.one(
    'gauge',
    'process_start_time_seconds',
    'When the process started, since 1970.',
    Math.round(Date.now() / 1_000 - process.uptime()),
  );
}
