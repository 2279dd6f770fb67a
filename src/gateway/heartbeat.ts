/** Pings everybody, and closes who does not answer: a connection can die without a word. */
import { type Connection, PING_PARTS } from './connection.js';
import { closeConnection, sendAway } from './serve-connection.js';
import { framePing } from './socket-frames.js';
import type { Timers } from './timers.js';

export interface HeartbeatOptions {
  readonly connections: ReadonlySet<Connection>;
  readonly timers: Timers;
  readonly pingIntervalMs: number;
}

/** Serves each connection once an interval, a share of them at a time. Returns how to stop it. */
export function startHeartbeat({ connections, timers, pingIntervalMs }: HeartbeatOptions): () => void {
  let part = 0;
  let timer = timers.setTimeout(beat, pingIntervalMs / PING_PARTS);

  function beat(): void {
    part = (part + 1) % PING_PARTS;
    for (const connection of connections) if (connection.pingPart === part) check(connection);
    timer = timers.setTimeout(beat, pingIntervalMs / PING_PARTS);
  }

  return () => timers.clearTimeout(timer);
}

/** Strangers have their own deadline. */
function check(connection: Connection): void {
  const { parts, principal, outbox, taken, isHeard } = connection;
  if (principal === undefined) return;
  if (!parts.tokens.isCurrent(principal)) return sendAway(connection);
  if (!isHeard) return closeConnection(connection, 'silent');
  connection.isHeard = false;
  outbox.sendFrame(framePing(taken === undefined ? '' : String(taken.seat.sentOffset)));
}
