/** The first frame of a connection: it authenticates, or it is the last. */
import type { Principal } from '../broker/tokens.js';
import type { MethodParams, MethodResult } from '../protocol/calls.js';
import type { CloseKind } from '../protocol/close-codes.js';
import { BrokerError } from '../protocol/errors.js';
import { GATEWAY_PROTOCOL_VERSION } from '../protocol/limits.js';
import { createParamsCheck } from '../protocol/params-check.js';
import { formatError, formatResult, parseRequest, type RequestId } from '../protocol/rpc.js';
import type { Connection } from './connection.js';
import { setMessageLimit } from './socket-internals.js';

const check = createParamsCheck('authenticate');

/** Looks at nothing but the envelope until the method is known to be `authenticate`. */
export function receiveFromStranger(connection: Connection, text: string): void {
  const request = parseRequest(text);
  if (request.type === 'refusal') {
    return refuse(connection, request.id, new BrokerError(request.kind, request.detail), 'badFrame');
  }
  const { id, method, params } = request;
  if (method !== 'authenticate') return refuse(connection, id, new BrokerError('unauthenticated'), 'unauthorized');
  const fault = Array.isArray(params) ? 'params must be by name: token, version' : check(params);
  if (fault !== undefined) return refuse(connection, id, new BrokerError('invalidParams', `${fault}.`), 'badFrame');
  authenticate(connection, id, params as MethodParams<'authenticate'>); // checked above
}

function authenticate(connection: Connection, id: RequestId, params: MethodParams<'authenticate'>): void {
  const { parts, address } = connection;
  const { token, version = GATEWAY_PROTOCOL_VERSION } = params;
  if (version !== GATEWAY_PROTOCOL_VERSION) {
    const error = new BrokerError('invalidParams', `This gateway speaks version ${GATEWAY_PROTOCOL_VERSION}.`);
    return refuse(connection, id, error, 'unsupportedVersion');
  }
  const principal = parts.tokens.verify(token);
  if (principal !== undefined) {
    if (!connection.isInspector || principal.scopes.includes('read')) return admit(connection, id, principal);
    return refuse(connection, id, new BrokerError('forbidden', 'It lacks the scope read.'), 'unauthorized');
  }
  const delayMs = parts.strangers.delayAfterFailure(address);
  parts.logger.warn({ address, delayMs }, 'wrong token');
  connection.isDeaf = true;
  connection.socket.pause();
  parts.timers.clearTimeout(connection.timer);
  connection.timer = parts.timers.setTimeout(() => {
    connection.socket.resume();
    refuse(connection, id, new BrokerError('invalidToken'), 'unauthorized');
  }, delayMs);
}

function admit(connection: Connection, id: RequestId, principal: Principal): void {
  const { parts, socket, outbox, address } = connection;
  const caller = parts.callers.of(principal);
  if (!parts.callers.hasRoom(caller)) {
    parts.logger.warn({ client: principal.name, address, clients: caller.clients }, 'too many connections of a token');
    return refuse(connection, id, new BrokerError('tooManyAtOnce', 'Connections of this token.'), 'busy');
  }
  parts.timers.clearTimeout(connection.timer);
  parts.strangers.leave();
  setMessageLimit(socket, parts.limits.binaryFrameBytes);
  connection.principal = principal;
  connection.caller = caller;
  caller.clients += 1;
  const { name, bundleName, scopes, isSystemApp } = principal;
  const { deviceId, deviceName } = parts.broker;
  const result: MethodResult<'authenticate'> = {
    name,
    bundleName,
    scopes: [...scopes],
    isSystemApp,
    version: GATEWAY_PROTOCOL_VERSION,
    deviceId,
    deviceName,
  };
  outbox.sendText(formatResult(id, result));
  parts.logger.info({ client: name, address }, 'client authenticated');
  if (connection.isInspector && !parts.inspectFeed.join(outbox, principal)) outbox.close('busy');
}

function refuse(connection: Connection, id: RequestId | null, error: BrokerError, kind: CloseKind): void {
  connection.outbox.sendText(formatError(id, error));
  connection.outbox.close(kind);
}
