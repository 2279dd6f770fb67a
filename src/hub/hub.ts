/** A hub: shows the devices nearby to home-automation hubs by MQTT, and holds sessions with their apps as it is told to. */
import { randomBytes } from 'node:crypto';
import type { Subscription } from 'rxjs';
import type { HubFigures } from '../protocol/hub-figures.js';
import { HUB_HEALTH_MS, HUB_RSSI_UPDATE_MS, HUB_SAVE_MS } from '../protocol/hub-limits.js';
import { createBridge } from './bridge.js';
import { watchBroker } from './broker-watch.js';
import { openConnection } from './connection.js';
import { describeServer } from './connection-log.js';
import { discoverHub } from './discover-hub.js';
import { registerHubApp } from './hub-app.js';
import { createHubLink, type HubLink, type LinkStart } from './hub-link.js';
import { openHubLinks } from './hub-links.js';
import { createPlaces, type HubMemory } from './hub-memory.js';
import type { HubOptions, Parts } from './hub-parts.js';
import { statusOf } from './hub-status.js';
import { openReception } from './open-reception.js';
import { createPresenter } from './presenter.js';
import { retained } from './publication.js';
import { createRegistry } from './registry.js';
import type { MqttServer } from './settings.js';
import { shortHash, slugOf } from './slug.js';
import { repeat, systemTimers } from './timers.js';
import { createTopics } from './topics.js';

export interface Hub {
  readonly hubId: string;
  /** The MQTT broker, without credentials. */
  readonly server: string;
  status(): HubFigures;
  /** Another password, certificates or key, for the connections from the next one on. */
  renew(server: MqttServer): void;
  /** Where the page of this device is, once that is known, if anywhere: Home Assistant links to it. */
  setPage(url: string | undefined): void;
  close(): Promise<void>;
}

/** Starts at once, whether or not the MQTT broker is there. Throws BrokerError `appInUse` where the hub's app is registered already. */
export async function createHub(options: HubOptions): Promise<Hub> {
  const { broker, settings } = options;
  const parts = assemble(options, await options.storage.load());
  const { hubId, timers, links, bridge, presenter, labels } = parts;
  const watches = watchBroker(broker, settings.app, links, bridge);
  const repeats = [
    repeat(timers, HUB_HEALTH_MS, () => {
      links.dropOld();
      bridge.publishHealth();
    }),
    repeat(timers, HUB_RSSI_UPDATE_MS, () => links.list().forEach(presenter.measure)),
    repeat(timers, HUB_SAVE_MS, links.save),
  ];
  let closing: Promise<void> | undefined;
  return {
    hubId,
    server: describeServer(settings.server.url),
    status: () => statusOf(parts),
    renew: parts.connection.renew,
    setPage(url) {
      if (url === labels.pageUrl) return;
      labels.pageUrl = url;
      showHub(parts, options);
      presenter.relabel(links.list());
    },
    close() {
      for (const stop of repeats) stop();
      closing ??= closeParts(parts, watches);
      return closing;
    },
  };
}

/** The parts know each other through calls that come later: no part calls another while it is made. */
function assemble(options: HubOptions, known: HubMemory): Parts {
  const { broker, settings, version, timers = systemTimers, random = Math.random } = options;
  const hubId = settings.hubId ?? slugOf(broker.deviceName);
  const topics = createTopics(settings.base, hubId);
  const app = registerHubApp(broker, settings.app, ({ PeerInfo: peer }) =>
    links.find(peer.deviceId, peer.serviceName ?? '', peer),
  );
  const connection = openConnection({
    server: settings.server,
    clientId: `tandem-${hubId}-${shortHash(broker.deviceId)}`,
    will: retained(topics.bridge('state'), 'offline'),
    timers,
    random,
    log: (level, line) => bridge.log(level, line),
    onOpen: () => reception.onOpen(),
    onMessage: (message) => reception.onMessage(message),
    onPressure: (isHigh) => (isHigh ? app.pauseDelivery() : app.resumeDelivery()),
  });
  const { publish } = connection;
  const epoch = randomBytes(6).toString('hex');
  const { discovery, base, area } = settings;
  const registry = createRegistry({ discovery, version, timers, publish });
  const labels = { area, pageUrl: undefined };
  const presenter = createPresenter({ hubId, topics, registry, publish, labels: () => labels });
  const places = createPlaces(known.places, { base, hubId, prefix: discovery.prefix });
  const links = openHubLinks(known, {
    services: settings.services,
    create: (start) => createLink(start, { app, timers, presenter, epoch }),
    onAdded: presenter.show,
    onRemoved: presenter.hide,
    onFull: () => bridge.log('warn', 'there are too many hub links: a device is not shown'),
    save: (memory) => options.storage.save({ ...memory, places: places.all }),
  });
  const bridge = createBridge({ ...options, hubId, epoch, topics, links, timers, connection });
  const parts = { hubId, topics, timers, app, connection, registry, presenter, links, places, bridge, labels };
  const reception = openReception(parts, options, random);
  showHub(parts, options);
  // From here on something of ours may be there.
  links.save();
  return { ...parts, reception };
}

function showHub({ hubId, topics, registry, labels }: Omit<Parts, 'reception'>, { broker, version }: HubOptions): void {
  const { deviceId, deviceName } = broker;
  registry.put(discoverHub({ hubId, deviceId, deviceName, version, topics, ...labels }));
}

function createLink(
  start: LinkStart,
  { app, timers, presenter, epoch }: Pick<Parts, 'app' | 'timers' | 'presenter'> & { readonly epoch: string },
): HubLink {
  const link = createHubLink({
    ...start,
    app,
    timers,
    epoch,
    onChange: () => presenter.show(link),
    onEvent: (type, offset, fields) => presenter.event(link, type, { ...fields, offset, epoch, ts: Date.now() }),
    onData: (data, sessionId) => presenter.data(link, data, sessionId),
  });
  return link;
}

/** Its sessions end first, so that what becomes of them is still told. */
async function closeParts(parts: Parts, watches: Subscription): Promise<void> {
  const { app, links, reception, bridge, registry, connection, topics } = parts;
  app.close();
  watches.unsubscribe();
  links.close();
  reception.close();
  bridge.close();
  registry.close();
  connection.publish(retained(topics.bridge('state'), 'offline'));
  await connection.close();
}
