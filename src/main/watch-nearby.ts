/** What `tandem devices --watch` shows. */
import type { NearbyDevice, TandemClient } from '../client/interface.js';
import { untilClosed } from './gateway-client.js';
import { formatChanges, formatNearby } from './nearby-text.js';
import type { Io } from './terminal/io.js';

/** How often the ages in the table are brought up to date, in milliseconds. */
const AGE_INTERVAL_MS = 1_000;

/** Shows the devices nearby until the client is closed: in place on a terminal, else a line for each change, or for each list as JSON. */
export async function watchNearby(client: TandemClient, io: Io, isJson: boolean): Promise<void> {
  const redraw = isJson ? undefined : io.redraw;
  let devices: readonly NearbyDevice[] = [];
  const draw = (): void => redraw?.(formatNearby(devices, Date.now()));
  const timer = redraw === undefined ? undefined : setInterval(draw, AGE_INTERVAL_MS);
  try {
    await client.subscribe('nearby', (update) => {
      const before = devices;
      devices = update.devices;
      if (redraw !== undefined) draw();
      else if (isJson) io.json(devices);
      else formatChanges(before, devices).forEach(io.out);
    });
    await untilClosed(client);
  } finally {
    clearInterval(timer);
  }
}
