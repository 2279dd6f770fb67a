/** How a hub is, in numbers: for whoever watches the program that it runs in. */
import type { Connection } from './connection.js';
import type { HubLinks } from './hub-links.js';

export interface HubStatus {
  /** Whether the MQTT broker is there. */
  readonly isConnected: boolean;
  /** Publications: those that wait, and since the start those that were sent, dropped, or refused by the MQTT broker. */
  readonly queued: number;
  readonly published: number;
  readonly dropped: number;
  readonly refused: number;
  readonly linksPresent: number;
  readonly linksAway: number;
}

export function statusOf({
  connection,
  links,
}: {
  readonly connection: Connection;
  readonly links: HubLinks;
}): HubStatus {
  const all = links.list();
  const linksPresent = all.filter(({ isPresent }) => isPresent).length;
  return {
    isConnected: connection.isOpen,
    ...connection.counts,
    refused: connection.refused,
    linksPresent,
    linksAway: all.length - linksPresent,
  };
}
