/** The life of one connection: from `hello` to its close, whoever ends it. */
import type { WebSocket } from 'ws';
import type { CloseKind } from '../protocol/close-codes.js';
import { GATEWAY_PROTOCOL_VERSION } from '../protocol/limits.js';
import type { NotificationParams } from '../protocol/notifications.js';
import { formatNotification } from '../protocol/rpc.js';
import { receiveFromStranger } from './authentication.js';
import { type Connection, type GatewayParts, PING_PARTS } from './connection.js';
import { receiveBinary, receiveText } from './dispatch.js';
import type { GatewayLimits } from './gateway-limits.js';
import { createOutbox } from './outbox.js';

/** Listens before it returns: what arrives in the same turn is not lost. `hello` is the first frame, ready to send. */
export function serveConnection(socket: WebSocket, address: string, parts: GatewayParts, hello: string): void {
  const { limits, timers, flusher, strangers } = parts;
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
    principal: undefined,
    taken: undefined,
    inFlight: new Set(),
    bytesInFlight: 0,
    isHeard: true,
    pingPart: Math.floor(Math.random() * PING_PARTS),
    timer: undefined,
    isDeaf: false,
  };
  parts.connections.add(connection);
  strangers.enter();
  connection.timer = timers.setTimeout(
    () => closeConnection(connection, 'authenticationTimeout'),
    limits.authenticationTimeoutMs,
  );
  socket.on('message', (data: Buffer, isBinary) => receive(connection, data, isBinary)); // one Buffer: ws's binaryType is the default
  socket.on('pong', (data: Buffer) => receivePong(connection, data));
  socket.on('close', (code) => forget(connection, code));
  socket.on('error', () => {}); // ws closes with the right code, and 'close' follows
  outbox.sendText(hello);
}

/** What a client must know first. */
export function formatHello(version: string, limits: GatewayLimits): string {
  const { strangers: _, clients: __, pingIntervalMs, ...told } = limits;
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
  const offset = data.length > 0 ? Number(data.toString('latin1')) : 0;
  if (Number.isSafeInteger(offset) && offset > 0) connection.taken?.seat.confirm(offset);
}

/** Tells the client why; what it still sends is not looked at. */
export function closeConnection(connection: Connection, kind: CloseKind): void {
  const { parts, outbox, principal, address, socket } = connection;
  if (socket.readyState !== socket.OPEN) return;
  parts.logger.info({ client: principal?.name, address, why: kind, unread: socket.bufferedAmount }, 'closing a client');
  outbox.close(kind);
}

/** The connection is gone. 1000 is the client's word that its app has ended; anything else leaves the app its grace period. */
function forget(connection: Connection, code: number): void {
  const { parts, outbox, taken, principal, address } = connection;
  parts.timers.clearTimeout(connection.timer);
  parts.connections.delete(connection);
  if (principal === undefined) parts.strangers.leave();
  parts.sessionFeed.leave(outbox);
  parts.deviceFeed.leave(outbox);
  parts.nearbyFeed.leave(outbox);
  parts.traceFeed.leave(outbox);
  if (code === 1000) taken?.end(outbox);
  else taken?.leave(outbox);
  parts.logger.info({ client: principal?.name, address, code }, 'client gone');
}
