/** A hub: shows the devices nearby to home-automation hubs by MQTT, and holds sessions with their apps as it is told to. */
import { randomBytes } from 'node:crypto';
import { combineLatest, distinctUntilChanged, filter, Subscription, skip } from 'rxjs';
import type { App, Broker } from '../broker/interface.js';
import type { AppName } from '../protocol/collaboration.js';
import { HUB_HEALTH_MS, HUB_RSSI_UPDATE_MS, HUB_SAVE_MS } from '../protocol/hub-limits.js';
import { type Bridge, createBridge } from './bridge.js';
import { createCleanUp } from './clean-up.js';
import { type Connection, describeServer, openConnection } from './connection.js';
import { createDesk, type Desk } from './desk.js';
import { discoverHub } from './discover-hub.js';
import { registerHubApp } from './hub-app.js';
import { createHubLink, type HubLink } from './hub-link.js';
import { type HubLinks, type KnownLink, type LinkStart, type LinkStorage, openHubLinks } from './hub-links.js';
import { watchNamesake } from './namesake.js';
import { createPresenter, type Presenter } from './presenter.js';
import { retained } from './publication.js';
import { createReception, type Reception } from './reception.js';
import { createRegistry, type Registry } from './registry.js';
import type { HubSettings } from './settings.js';
import { shortHash, slugOf } from './slug.js';
import { type HubTimers, repeat, systemTimers } from './timers.js';
import { createTopics, isAnswerTopic, type Topics } from './topics.js';

export interface HubOptions {
  readonly broker: Broker;
  readonly settings: HubSettings;
  /** Tandem's. */
  readonly version: string;
  readonly storage: LinkStorage;
  readonly timers?: HubTimers;
  /** From 0 to below 1. */
  readonly random?: () => number;
  /** Lines for whoever runs the service. */
  log(line: string): void;
}

export interface Hub {
  readonly hubId: string;
  /** The MQTT broker, without credentials. */
  readonly server: string;
  close(): Promise<void>;
}

/** Starts at once, whether or not the MQTT broker is there. Throws BrokerError `appInUse` where the hub's app is registered already. */
export async function createHub(options: HubOptions): Promise<Hub> {
  const parts = assemble(options, await options.storage.load());
  const { timers, links, bridge, presenter } = parts;
  const watches = watchBroker(parts, options);
  const repeats = [
    repeat(timers, HUB_HEALTH_MS, () => {
      links.forgetOld();
      bridge.publishHealth();
    }),
    repeat(timers, HUB_RSSI_UPDATE_MS, () => links.list().forEach(presenter.show)),
    repeat(timers, HUB_SAVE_MS, links.save),
  ];
  let closing: Promise<void> | undefined;
  return {
    hubId: parts.hubId,
    server: describeServer(options.settings.server.url),
    close() {
      for (const stop of repeats) stop();
      closing ??= closeParts(parts, watches);
      return closing;
    },
  };
}

/** Everything a hub is made of. */
interface Parts {
  readonly hubId: string;
  readonly topics: Topics;
  readonly timers: HubTimers;
  readonly app: App;
  readonly connection: Connection;
  readonly registry: Registry;
  readonly presenter: Presenter;
  readonly links: HubLinks;
  readonly bridge: Bridge;
  readonly reception: Reception;
}

/** The parts know each other through calls that come later: no part calls another while it is made. */
function assemble(options: HubOptions, known: readonly KnownLink[]): Parts {
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
  const registry = createRegistry({ discovery: settings.discovery, version, timers, publish });
  const presenter = createPresenter({ hubId, topics, registry, publish });
  const links = openHubLinks(known, {
    services: settings.services,
    storage: options.storage,
    create: (start) => createLink(start, { app, timers, presenter, epoch }),
    onAdded: presenter.show,
    onRemoved: presenter.hide,
    onFull: () => bridge.log('warn', 'there are too many hub links: a device is not shown'),
  });
  const bridge = createBridge({ ...options, hubId, epoch, topics, links, timers, connection });
  const { deviceId, deviceName } = broker;
  registry.put(discoverHub({ hubId, deviceId, deviceName, version, topics }));
  const parts = { hubId, topics, timers, app, connection, registry, presenter, links, bridge };
  const reception = openReception(parts, options, random);
  return { ...parts, reception };
}

function createLink(
  start: LinkStart,
  { app, timers, presenter, epoch }: Pick<Parts, 'app' | 'timers' | 'presenter'> & { readonly epoch: string },
): HubLink {
  const link = createHubLink({
    ...start,
    app,
    timers,
    onChange: () => presenter.show(link),
    onEvent: (type, offset, fields) => presenter.event(link, type, { ...fields, offset, epoch, ts: Date.now() }),
    onData: (data, sessionId) => presenter.data(link, data, sessionId),
  });
  return link;
}

function openReception(
  parts: Omit<Parts, 'reception'>,
  { broker, settings }: HubOptions,
  random: () => number,
): Reception {
  const { hubId, topics, timers, connection, registry, links, bridge } = parts;
  const { base, discovery } = settings;
  const { publish, subscribe } = connection;
  const announce = (): void => announceAll(parts);
  return createReception({
    topics,
    statusTopic: discovery.statusTopic,
    connection,
    timers,
    random,
    announce,
    cleanUp: createCleanUp({
      topics,
      hubId,
      deviceId: broker.deviceId,
      base,
      prefix: discovery.prefix,
      publish,
      subscribe,
      current: registry.current,
      isKnown: (link) => links.get(link) !== undefined,
      onOtherForm: registry.addAgain,
      onComponentsGone: registry.replace,
    }),
    namesake: watchNamesake({
      topics,
      deviceId: broker.deviceId,
      onNamesake: (other) =>
        bridge.log('warn', `device ${other} is hub "${hubId}", too: give one of them another mqtt.hub`),
      onDeclaredOffline: () => publish(retained(topics.bridge('state'), 'online')),
    }),
    desk: openDesk(parts, settings),
  });
}

function openDesk(parts: Omit<Parts, 'reception'>, { base, discovery }: HubSettings): Desk {
  const { topics, links, timers, bridge, connection } = parts;
  return createDesk({
    topics,
    links,
    timers,
    publish: connection.publish,
    controls: {
      setLogging: bridge.setLogging,
      describe: bridge.describe,
      restart: () => restart(parts),
    },
    isAnswerTopic: (topic) => isAnswerTopic(topic, topics, base, discovery.prefix),
    log: bridge.log,
  });
}

/** On every connection, and when a reader may have lost what is retained. That the hub is online comes last. */
function announceAll({ registry, presenter, links, bridge }: Omit<Parts, 'reception'>): void {
  presenter.forget();
  registry.sendAll();
  for (const link of links.list()) presenter.show(link);
  bridge.announce();
}

function restart({ links, connection }: Omit<Parts, 'reception'>): void {
  for (const { session } of links.list()) if (session.sessionId !== undefined) session.destroy();
  // In a later turn, so that the answer goes first.
  setImmediate(() => void connection.reopen());
}

/** What the broker tells, as long as the hub runs. */
function watchBroker({ links, bridge }: Parts, { broker, settings }: HubOptions): Subscription {
  const watches = new Subscription();
  const radio$ = broker.radio$.pipe(distinctUntilChanged());
  // What is heard counts only while the radio is on.
  watches.add(
    combineLatest([broker.nearby$, radio$]).subscribe(([devices, radio]) => {
      links.see(radio === 'poweredOn' ? devices : []);
    }),
  );
  watches.add(radio$.pipe(skip(1)).subscribe(bridge.noteRadio));
  watches.add(
    broker.sessions$.pipe(filter(({ app }) => isSameApp(app, settings.app))).subscribe((summary) => {
      links.ofSession(summary.sessionId)?.session.note(summary);
      bridge.noteSession(summary);
    }),
  );
  return watches;
}

function isSameApp(some: AppName, other: AppName): boolean {
  return (
    some.bundleName === other.bundleName &&
    some.moduleName === other.moduleName &&
    some.abilityName === other.abilityName
  );
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
