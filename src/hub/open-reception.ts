/** Connects what comes by MQTT with the parts of a hub that it is for. */
import { BrokerError } from '../protocol/errors.js';
import { HUB_RENEWALS_BURST, HUB_RENEWALS_PER_MINUTE } from '../protocol/hub-limits.js';
import { boundLog } from './bounded-log.js';
import { type CleanUp, createCleanUp } from './clean-up.js';
import { createDesk } from './desk.js';
import { linkIdentifier } from './discover-link.js';
import { discoveryFiltersOf } from './discovery.js';
import type { HubOptions, Parts } from './hub-parts.js';
import { type NamesakeWatch, watchNamesake } from './namesake.js';
import { retained } from './publication.js';
import { createRate } from './rate.js';
import { createReception, type Reception } from './reception.js';
import type { HubSettings } from './settings.js';
import { isAnswerTopic } from './topics.js';

type Others = Omit<Parts, 'reception'>;

export function openReception(parts: Others, { broker, settings }: HubOptions, random: () => number): Reception {
  const { hubId, topics, timers, connection, registry, links, bridge } = parts;
  const { base, discovery } = settings;
  const { mode, prefix } = discovery;
  const namesake = openNamesake(parts, broker.deviceId);
  const log = boundLog(timers, bridge.log);
  return createReception({
    topics,
    statusTopic: discovery.statusTopic,
    discovery: discoveryFiltersOf(mode, prefix),
    connection,
    timers,
    random,
    announce: () => announceAll(parts),
    onDiscovery(topic, isEmpty) {
      const objectId = registry.hear(topic, isEmpty);
      const link = links.list().find(({ id }) => linkIdentifier(hubId, id) === objectId);
      if (link === undefined || namesake.isShared) return;
      log('warn', `${link.name} is forgotten, because its device was deleted by MQTT: link/restore shows it again`);
      links.forget(link);
    },
    cleanUp: openCleanUp(parts, broker.deviceId, settings, namesake),
    namesake,
    desk: createDesk({
      topics,
      links,
      timers,
      publish: connection.publish,
      controls: {
        setLogging: bridge.setLogging,
        describe: bridge.describe,
        restart: createRestart(parts),
      },
      isAnswerTopic: (topic) => isAnswerTopic(topic, topics, base, prefix),
      log: bridge.log,
    }),
  });
}

function openCleanUp(
  { hubId, topics, connection, registry, links, places }: Others,
  deviceId: string,
  { base, discovery: { prefix } }: HubSettings,
  namesake: NamesakeWatch,
): CleanUp {
  return createCleanUp({
    topics,
    place: { base, hubId, prefix },
    deviceId,
    former: () => places.former,
    publish: connection.publish,
    current: registry.current,
    isKnown: (link) => links.get(link) !== undefined,
    isShared: () => namesake.isShared,
    onOtherForm: registry.addAgain,
    onComponentsGone: registry.replace,
    onCleared(place) {
      places.forget(place);
      links.save();
    },
  });
}

/** A namesake is answered, so that it hears of this hub as well; not each time, or two would go on for ever. */
function openNamesake({ hubId, topics, timers, connection, bridge }: Others, deviceId: string): NamesakeWatch {
  const log = boundLog(timers, bridge.log);
  const mayAnswer = createRate(timers, HUB_RENEWALS_BURST, HUB_RENEWALS_PER_MINUTE / 60);
  return watchNamesake({
    topics,
    deviceId,
    onNamesake(other) {
      log('warn', `device ${other.slice(0, 64)} is hub "${hubId}", too: give one of them another mqtt.hub`);
      if (mayAnswer()) bridge.publishInfo();
    },
    onDeclaredOffline: () => connection.publish(retained(topics.bridge('state'), 'online')),
  });
}

/** On every connection, and when a reader may have lost what is retained. That the hub is online comes last. */
function announceAll({ registry, presenter, links, bridge }: Others): void {
  presenter.forget();
  registry.sendAll();
  for (const link of links.list()) presenter.show(link);
  bridge.announce();
}

/** Everything is published anew then, and that may be megabytes: whoever asks gets it a few times. */
function createRestart({ timers, links, connection }: Others): () => void {
  const mayRestart = createRate(timers, HUB_RENEWALS_BURST, HUB_RENEWALS_PER_MINUTE / 60);
  return () => {
    if (!mayRestart()) throw new BrokerError('rateLimited');
    for (const { session } of links.list()) if (session.sessionId !== undefined) session.destroy();
    // In a later turn, so that the answer goes first.
    setImmediate(() => void connection.reopen());
  };
}
