/** Publishes what there is to see of the hub links: discovery, state and availability, retained; events and data, in passing. */
import { discoverLink, type EventType, linkIdentifier } from './discover-link.js';
import type { DeviceLabels, DiscoveredDevice } from './discovery.js';
import type { HubLink } from './hub-link.js';
import { emptied, type Publish, passing, retained } from './publication.js';
import type { Registry } from './registry.js';
import { RETAINED_LINK_TOPICS, type Topics } from './topics.js';

export interface PresenterOptions {
  readonly hubId: string;
  readonly topics: Topics;
  readonly registry: Registry;
  publish: Publish;
  /** As they are now. */
  labels(): DeviceLabels;
}

export interface Presenter {
  /** Publishes what is not as it was published last; of its health only the first. */
  show(link: HubLink): void;
  /** Publishes its health, where that is not as it was published last. */
  measure(link: HubLink): void;
  /** Takes away everything about a link that is gone. */
  hide(link: HubLink): void;
  event(link: HubLink, type: EventType, fields: object): void;
  data(link: HubLink, data: Buffer, sessionId: number): void;
  /** From now on everything counts as not published: the broker, or a reader, may have lost it. */
  forget(): void;
  /** Labels are not as they were. */
  relabel(links: readonly HubLink[]): void;
}

export function createPresenter({ hubId, topics, registry, publish, labels }: PresenterOptions): Presenter {
  const published = new Map<string, string>();
  const names = new Map<string, string>();

  function keep(topic: string, body: unknown): void {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    if (published.get(topic) === text) return;
    published.set(topic, text);
    publish(retained(topic, text));
  }

  function describe({ id, name, deviceName, service }: HubLink): DiscoveredDevice {
    return discoverLink({ hubId, link: id, name, deviceName, service, topics, ...labels() });
  }

  function measure(link: HubLink): void {
    keep(topics.link(link.id, 'health'), link.health());
  }

  return {
    measure,
    show(link) {
      const { id, name } = link;
      if (names.get(id) !== name) {
        names.set(id, name);
        registry.put(describe(link));
      }
      keep(topics.link(id, 'state'), link.state());
      if (!published.has(topics.link(id, 'health'))) measure(link);
      keep(topics.link(id, 'request'), link.session.hasRequest ? 'online' : 'offline');
      keep(topics.link(id, 'availability'), link.isPresent ? 'online' : 'offline');
    },
    hide({ id }) {
      registry.take(linkIdentifier(hubId, id));
      names.delete(id);
      for (const name of RETAINED_LINK_TOPICS) {
        published.delete(topics.link(id, name));
        publish(emptied(topics.link(id, name)));
      }
    },
    event(link, type, fields) {
      publish(passing(topics.link(link.id, 'event'), { event_type: type, ...fields }));
    },
    data(link, data, sessionId) {
      const userProperties = { sessionId: `${sessionId}` };
      publish({ topic: topics.link(link.id, 'data'), payload: data, isRetained: false, userProperties });
    },
    forget: () => published.clear(),
    relabel(links) {
      for (const link of links) if (names.has(link.id)) registry.put(describe(link));
    },
  };
}
