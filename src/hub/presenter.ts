/** Publishes what there is to see of the hub links: discovery, state and availability, retained; events and data, in passing. */
import type { EventType } from './discover-link.js';
import { discoverLink } from './discover-link.js';
import type { HubLink } from './hub-link.js';
import { emptied, type Publish, passing, retained } from './publication.js';
import type { Registry } from './registry.js';
import { RETAINED_LINK_TOPICS, type Topics } from './topics.js';

export interface PresenterOptions {
  readonly hubId: string;
  readonly topics: Topics;
  readonly registry: Registry;
  publish: Publish;
}

export interface Presenter {
  /** Publishes what is not as it was published last. */
  show(link: HubLink): void;
  /** Takes away everything about a link that is gone. */
  hide(link: HubLink): void;
  event(link: HubLink, type: EventType, fields: object): void;
  data(link: HubLink, data: Buffer, sessionId: number): void;
  /** From now on everything counts as not published: the broker, or a reader, may have lost it. */
  forget(): void;
}

export function createPresenter({ hubId, topics, registry, publish }: PresenterOptions): Presenter {
  const published = new Map<string, string>();
  const names = new Map<string, string>();

  function keep(topic: string, body: unknown): void {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    if (published.get(topic) === text) return;
    published.set(topic, text);
    publish(retained(topic, text));
  }

  return {
    show(link) {
      const { id, deviceName, service } = link;
      if (names.get(id) !== deviceName) {
        names.set(id, deviceName);
        registry.put(discoverLink({ hubId, link: id, deviceName, service, topics }));
      }
      keep(topics.link(id, 'state'), link.state());
      keep(topics.link(id, 'request'), link.session.hasRequest ? 'online' : 'offline');
      keep(topics.link(id, 'availability'), link.isPresent ? 'online' : 'offline');
    },
    hide({ id, deviceName, service }) {
      registry.take(discoverLink({ hubId, link: id, deviceName, service, topics }).objectId);
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
  };
}
