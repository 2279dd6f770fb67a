/** The life of one connection: from `hello` to its close, whoever ends it. */
import type { WebSocket } from 'ws';
import type { CloseKind } from '../protocol/close-codes.js';
import { GATEWAY_PROTOCOL_VERSION } from '../protocol/limits.js';
import type { NotificationParams } from '../protocol/notified.js';
import { formatNotification } from '../protocol/rpc.js';
import { receiveFromStranger } from './authentication.js';
import { createBucket } from './bucket.js';
import { type Connection, type GatewayParts, PING_PARTS } from './connection.js';
import { receiveBinary, receiveText } from './dispatch.js';
import { type GatewayLimits, limitsToTell } from './gateway-limits.js';
import { createOutbox } from './outbox.js';

export interface Reception {
  readonly parts: GatewayParts;
  /** The first frame, ready to send. */
  readonly hello: string;
  readonly isInspector?: boolean;
}

/** Listens before it returns: what arrives in the same turn is not lost. */
export function serveConnection(socket: WebSocket, address: string, reception: Reception): void {
  const { parts, hello, isInspector = false } = reception;
  const { limits, timers, flusher, strangers, addresses } = parts;
  const outbox = createOutbox(socket, {
    flusher,
    queueBytes: limits.queueBytes,
    onOverfull: () => closeConnection(connection, 'slow'),
  });
  const connection: Connection = {
    parts,
    socket,
    outbox,
    address,
    isInspector,
    principal: undefined,
    taken: undefined,
    inFlight: new Set(),
    bytesInFlight: 0,
    calls: createBucket(),
    refusals: createBucket(),
    caller: undefined,
    isHeard: true,
    pingPart: Math.floor(Math.random() * PING_PARTS),
    timer: undefined,
    isDeaf: false,
    isLeaving: false,
  };
  parts.connections.add(connection);
  strangers.enter();
  addresses.enter(address);
  const giveUp = (): void => closeConnection(connection, 'authenticationTimeout');
  connection.timer = timers.setTimeout(giveUp, limits.authenticationTimeoutMs);
  socket.on('message', (data: Buffer, isBinary) => receive(connection, data, isBinary)); // one Buffer: ws's binaryType is the default
  socket.on('ping', outbox.sendPong);
  socket.on('pong', (data: Buffer) => receivePong(connection, data));
  socket.on('close', (code) => forget(connection, code));
  socket.on('error', () => {}); // ws closes with the right code, and 'close' follows
  outbox.sendText(hello);
}

/** What a client must know first. */
export function formatHello(version: string, limits: GatewayLimits): string {
  const { pingIntervalMs, ...told } = limitsToTell(limits);
  const params: NotificationParams<'hello'> = {
    server: 'tandem',
    version,
    protocol: { min: GATEWAY_PROTOCOL_VERSION, max: GATEWAY_PROTOCOL_VERSION },
    pingIntervalMs,
    limits: told,
  };
  return formatNotification('hello', JSON.stringify(params));
}

function receive(connection: Connection, data: Buffer, isBinary: boolean): void {
  const { principal, socket, parts } = connection;
  if (connection.isDeaf || socket.readyState !== socket.OPEN) return;
  connection.isHeard = true;
  if (principal === undefined) {
    if (isBinary) closeConnection(connection, 'badFrame');
    else receiveFromStranger(connection, data.toString());
  } else if (connection.isInspector) {
    closeConnection(connection, 'badFrame');
  } else if (isBinary) {
    if (!receiveBinary(connection, data, principal)) closeConnection(connection, 'badFrame');
  } else if (data.length > parts.limits.textFrameBytes) {
    closeConnection(connection, 'badFrame');
  } else {
    receiveText(connection, data.toString(), principal);
  }
}

/** Every ping of ours carries an offset, so its pong says that all events up to there have arrived. */
function receivePong(connection: Connection, data: Buffer): void {
  connection.isHeard = true;
  const seat = connection.taken?.seat;
  // A connection that gave way to another says nothing of what that one has got.
  if (seat === undefined || seat.outbox !== connection.outbox) return;
  const offset = data.length > 0 ? Number(data.toString('latin1')) : 0;
  if (Number.isSafeInteger(offset) && offset > 0) seat.confirm(offset);
}

/** Tells the client why; what it still sends is not looked at. */
export function closeConnection(connection: Connection, kind: CloseKind): void {
  const { parts, outbox, socket } = connection;
  if (socket.readyState !== socket.OPEN) return;
  parts.logger[kind === 'slow' ? 'warn' : 'info'](describe(connection, kind), 'closing a client');
  outbox.close(kind);
}

/** Who it is, and what it was sent: among a hundred clients of one token, a name alone finds none. */
function describe({ parts, principal, address, taken, socket, outbox }: Connection, why: CloseKind): object {
  const { sessionFeed, deviceFeed, nearbyFeed } = parts;
  const feeds = Object.entries({ sessions: sessionFeed, devices: deviceFeed, nearby: nearbyFeed });
  return {
    client: principal?.name,
    tokenId: principal?.tokenId,
    address,
    app: taken?.app,
    why,
    unreadBytes: socket.bufferedAmount,
    keptEventBytes: taken?.seat.keptBytes,
    subscriptions: feeds.filter(([, feed]) => feed.has(outbox)).map(([target]) => target),
  };
}

/** Its token is worth nothing any more: what it began ends with it. */
export function sendAway(connection: Connection): void {
  closeConnection(connection, 'unauthorized');
  connection.taken?.end(connection.outbox);
}

/** The connection is gone. 1000 is the client's word that its app has ended; anything else leaves the app its grace period. */
function forget(connection: Connection, code: number): void {
  const { parts, outbox, taken, principal, caller, address } = connection;
  parts.timers.clearTimeout(connection.timer);
  parts.connections.delete(connection);
  parts.addresses.leave(address);
  if (caller === undefined) parts.strangers.leave();
  else caller.clients -= 1;
  parts.sessionFeed.leave(outbox);
  parts.deviceFeed.leave(outbox);
  parts.nearbyFeed.leave(outbox);
  parts.traceFeed.leave(outbox);
  parts.inspectFeed.leave(outbox);
  if (code === 1000) taken?.end(outbox);
  else taken?.leave(outbox);
  parts.logger.info({ client: principal?.name, address, code }, 'client gone');
}
