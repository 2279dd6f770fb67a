/** Why the page gets no connection, as far as it can find out: browsers do not tell a page why its WebSocket was refused. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { ClientState } from '../../client/client.js';
import type { PageSettings } from '../../protocol/page-settings.js';

/** `origin`: the gateway lets no pages of this address in. `socket`: it answers, and its WebSocket does not get through. */
export type Obstacle = 'origin' | 'socket';

export interface ObstacleWatch {
  readonly obstacle: ReadonlySignal<Obstacle | undefined>;
  /** What became of the connection. */
  note(state: ClientState): void;
}

/** One failure may be a gateway that is just starting. */
const FAILURES_IN_A_ROW = 2;

export function watchObstacle(): ObstacleWatch {
  const obstacle = signal<Obstacle | undefined>(undefined);
  let failures = 0;

  async function look(): Promise<void> {
    const found = await findObstacle(failures);
    // It may be connected by now.
    if (failures > 0) obstacle.value = found;
  }

  return {
    obstacle,
    note({ type }) {
      if (type === 'waiting') {
        failures += 1;
        void look();
      } else if (type !== 'connecting') {
        failures = 0;
        obstacle.value = undefined;
      }
    },
  };
}

async function findObstacle(failures: number): Promise<Obstacle | undefined> {
  try {
    const answer = await fetch(`/page.json?origin=${encodeURIComponent(location.origin)}`, { cache: 'no-store' });
    if (!answer.ok) return undefined;
    const { isOriginAllowed } = (await answer.json()) as PageSettings; // the gateway's word
    if (isOriginAllowed === false) return 'origin';
    return failures >= FAILURES_IN_A_ROW ? 'socket' : undefined;
  } catch {
    // It is away, and the client tries again.
    return undefined;
  }
}

/** What it is called in a badge. */
export function nameOf(obstacle: Obstacle): string {
  return obstacle === 'origin' ? 'Refused' : 'Blocked';
}

/** What to do. */
export function adviceOn(obstacle: Obstacle): string {
  return obstacle === 'origin'
    ? `This gateway refuses pages of ${location.origin}. To let them in, set gateway.publicUrl to ${location.origin}, or add it to gateway.allowedOrigins, and restart Tandem; or have the proxy in between pass on the header Host as it is. docs/proxy.md has the lines.`
    : 'The gateway answers, but its WebSocket does not get through. A proxy in between has to pass on Upgrade and Connection: docs/proxy.md has the lines. Without a proxy, the gateway may have as many clients as it takes: /readyz says so.';
}
