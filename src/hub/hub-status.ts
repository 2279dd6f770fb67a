/** How a hub is, in numbers: for whoever watches the program that it runs in. */
import type { HubFigures } from '../protocol/hub-figures.js';
import type { Connection } from './connection.js';
import type { HubLinks } from './hub-links.js';

export function statusOf({
  connection,
  links,
}: {
  readonly connection: Connection;
  readonly links: HubLinks;
}): HubFigures {
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
