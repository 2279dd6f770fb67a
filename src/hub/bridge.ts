/** What a hub publishes about itself, below `bridge`. Source: ecosystem A4. */
import type { Broker, SessionSummary } from '../broker/interface.js';
import { HUB_SESSIONS_UPDATE_MS } from '../protocol/hub-limits.js';
import type { Connection } from './connection.js';
import type { HubLinks } from './hub-links.js';
import { passing, retained } from './publication.js';
import type { HubSettings, LogLevel } from './settings.js';
import type { HubTimers } from './timers.js';
import type { Topics } from './topics.js';

export interface BridgeOptions {
  readonly broker: Broker;
  readonly settings: HubSettings;
  readonly hubId: string;
  readonly version: string;
  readonly topics: Topics;
  readonly links: HubLinks;
  readonly timers: HubTimers;
  /** One run of the hub: offsets of events count within it. */
  readonly epoch: string;
  readonly connection: Pick<Connection, 'publish' | 'counts' | 'refused'>;
  /** Lines for whoever runs the service. */
  log(line: string): void;
}

export interface Bridge {
  /** The birth: everything retained about the hub, and that it is online as the last. */
  announce(): void;
  publishInfo(): void;
  describe(): object;
  publishHealth(): void;
  noteSession(summary: SessionSummary): void;
  noteRadio(): void;
  setLogging(level: LogLevel): void;
  log(level: 'warn' | 'info', line: string): void;
  close(): void;
}

export function createBridge(options: BridgeOptions): Bridge {
  const { broker, topics, links, timers, connection } = options;
  const { publish } = connection;
  const startedAt = Date.now();
  let logging: LogLevel = 'off';
  let coalescing: unknown;
  const alive = new Set<number>();

  function publishInfo(): void {
    publish(retained(topics.bridge('info'), infoOf(options, logging)));
  }

  function publishSessions(): void {
    timers.clearTimeout(coalescing);
    coalescing = undefined;
    publish(retained(topics.bridge('sessions'), sessionsOf(links)));
  }

  function publishHealth(): void {
    const present = links.list().filter(({ isPresent }) => isPresent);
    publish(
      retained(topics.bridge('health'), {
        process: { rssBytes: process.memoryUsage.rss(), uptimeMs: Date.now() - startedAt },
        mqtt: { ...connection.counts, refused: connection.refused },
        links: { known: links.list().length, present: present.length },
      }),
    );
  }

  function announce(): void {
    publishInfo();
    publishSessions();
    publishHealth();
    publish(retained(topics.bridge('state'), 'online'));
  }

  return {
    announce,
    publishInfo,
    describe: () => ({ logging, discovery: options.settings.discovery }),
    publishHealth,
    noteSession({ sessionId, state }) {
      const isNew = !alive.has(sessionId);
      if (state === 'destroyed') alive.delete(sessionId);
      else alive.add(sessionId);
      if (isNew || state === 'destroyed') {
        const type = state === 'destroyed' ? 'session_gone' : 'session_created';
        publish(passing(topics.bridge('event'), { type, data: { sessionId } }));
      }
      coalescing ??= timers.setTimeout(publishSessions, HUB_SESSIONS_UPDATE_MS);
    },
    noteRadio() {
      publishInfo();
      publish(passing(topics.bridge('event'), { type: 'radio_state', data: { state: broker.radioState } }));
    },
    setLogging(level) {
      logging = level;
      publishInfo();
    },
    log(level, line) {
      if (level === 'warn') options.log(line);
      const isAsked = logging === 'info' || logging === level;
      if (isAsked) publish(passing(topics.bridge('logging'), { level, message: line, ns: 'hub' }));
    },
    close: () => timers.clearTimeout(coalescing),
  };
}

/** Versions and what is set; no secret, and nothing of the network. */
function infoOf({ broker, settings, hubId, version, epoch }: BridgeOptions, logging: LogLevel): object {
  const { discovery, services } = settings;
  return {
    version,
    node: process.version,
    hub: hubId,
    deviceId: broker.deviceId,
    deviceName: broker.deviceName,
    epoch,
    radio: { state: broker.radioState },
    services: services.map(({ serviceName }) => serviceName),
    discovery: { mode: discovery.mode, prefix: discovery.prefix },
    logging,
  };
}

function sessionsOf(links: HubLinks): readonly object[] {
  return links
    .list()
    .filter(({ session }) => session.sessionId !== undefined)
    .map((link) => {
      const { state, since } = link.state();
      return {
        id: link.session.sessionId,
        link: link.id,
        peer: link.deviceId,
        service: link.service.serviceName,
        state,
        since,
      };
    });
}
