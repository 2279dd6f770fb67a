/** Carries out the calls of an authenticated client: one look-up, one check, one call, one answer. */
import type { Principal } from '../broker/tokens.js';
import type { MethodName } from '../protocol/calls.js';
import { readSendData } from '../protocol/data-frame.js';
import { BrokerError } from '../protocol/errors.js';
import { METHODS } from '../protocol/methods.js';
import { nameParams } from '../protocol/params-by-position.js';
import { createCheck, createParamsCheck, leaveArguments, type ParamsCheck } from '../protocol/params-check.js';
import { formatError, formatResult, parseRequest, type RequestId } from '../protocol/rpc.js';
import { APP_CALLS } from './app-calls.js';
import type { AppSessions } from './app-sessions.js';
import { refuseByRate } from './call-rate.js';
import type { Connection } from './connection.js';
import { OPEN_CALLS } from './open-calls.js';
import { markCall, markData } from './remembered-calls.js';
import type { TakenSeat } from './seats.js';

interface Route {
  readonly method: MethodName;
  readonly scope: (typeof METHODS)[MethodName]['scope'];
  readonly check: ParamsCheck;
  /** Called with parameters that passed the check; what the reference calls arguments, the broker checks. Throws, or rejects, with whatever it does. */
  readonly run: (connection: Connection, params: unknown, principal: Principal) => unknown;
}

/** What every call of an app may have besides its own parameters. */
interface Keyed {
  readonly idempotencyKey?: string;
}

const NO_DATA = 0;
/** Characters of an unknown method that are told back. */
const MAX_SHOWN = 64;

/** Answers one text frame. `principal` is the connection's. */
export function receiveText(connection: Connection, text: string, principal: Principal): void {
  const request = parseRequest(text);
  connection.parts.counts.calls += 1;
  const refusal = refuseByRate(connection);
  if (refusal !== undefined) return answerError(connection, request.id, refusal);
  if (request.type === 'refusal') {
    return answerError(connection, request.id, new BrokerError(request.kind, request.detail));
  }
  const { id, method } = request;
  try {
    const route = findRoute(connection, id, NO_DATA, method, principal);
    const params = nameParams(route.method, request.params);
    const fault = route.check(params);
    if (fault !== undefined) throw new BrokerError('invalidParams', `${fault}.`);
    const { idempotencyKey: key } = params as Keyed; // the check took it for an object, and knows the key's type
    answer(
      connection,
      id,
      NO_DATA,
      key === undefined
        ? route.run(connection, params, principal)
        : takenBy(connection).remembered.once(key, markCall(method, JSON.stringify(params)), () =>
            route.run(connection, params, principal),
          ),
    );
  } catch (error) {
    answerError(connection, id, error);
  }
}

/** Answers one binary frame; false when it is none that the gateway knows. */
export function receiveBinary(connection: Connection, frame: Uint8Array, principal: Principal): boolean {
  const call = readSendData(frame);
  if (call === undefined) return false;
  const { requestId, sessionId, payload, key } = call;
  connection.parts.counts.calls += 1;
  const refusal = refuseByRate(connection);
  if (refusal !== undefined) {
    answerError(connection, requestId, refusal);
    return true;
  }
  try {
    findRoute(connection, requestId, payload.length, 'sendData', principal);
    const { sessions, remembered } = takenBy(connection);
    const send = (): Promise<void> => sessions.manager.sendData(sessionId, payload);
    const outcome = key === undefined ? send() : remembered.once(key, markData(sessionId, payload), send);
    answer(connection, requestId, payload.length, outcome);
  } catch (error) {
    answerError(connection, requestId, error);
  }
  return true;
}

/** Throws BrokerError when there is no such method, or this client may not call it now. */
function findRoute(connection: Connection, id: RequestId, bytes: number, method: string, principal: Principal): Route {
  const route = ROUTES.get(method);
  if (route === undefined) {
    if (method === 'authenticate') throw new BrokerError('invalidRequest', 'This connection has authenticated.');
    throw new BrokerError('methodNotFound', `There is no method ${JSON.stringify(method.slice(0, MAX_SHOWN))}.`);
  }
  if (route.scope !== 'any' && !principal.scopes.includes(route.scope)) {
    throw new BrokerError('forbidden', `It lacks the scope ${route.scope}.`);
  }
  const { inFlight, bytesInFlight } = connection;
  const { limits } = connection.parts;
  if (inFlight.has(id)) throw new BrokerError('invalidRequest', 'The id belongs to a call that waits for its answer.');
  if (inFlight.size >= limits.callsInFlight) throw new BrokerError('tooManyInFlight');
  if (bytes > 0 && bytesInFlight + bytes > limits.callBytesInFlight) throw new BrokerError('tooManyInFlight');
  return route;
}

const ROUTES: ReadonlyMap<string, Route> = new Map([...openRoutes(), ...appRoutes()]);

function* openRoutes(): Iterable<[string, Route]> {
  for (const [name, call] of entriesOf(OPEN_CALLS)) {
    const run = call as (connection: Connection, params: unknown, principal: Principal) => unknown; // `check` is the same method's
    yield [name, { method: name, scope: METHODS[name].scope, check: createParamsCheck(name), run }];
  }
}

function* appRoutes(): Iterable<[string, Route]> {
  for (const [name, call] of entriesOf(APP_CALLS)) {
    const { scope, params: schema } = METHODS[name];
    const callChecked = call as (sessions: AppSessions, params: unknown) => unknown; // as above
    const run: Route['run'] = (connection, params) => callChecked(takenBy(connection).sessions, params);
    yield [name, { method: name, scope, check: createCheck(leaveArguments(schema, name), 'params'), run }];
  }
}

function entriesOf<Table extends object>(table: Table): [keyof Table & MethodName, Table[keyof Table]][] {
  return Object.entries(table) as [keyof Table & MethodName, Table[keyof Table]][]; // the tables have no other keys
}

function takenBy({ taken }: Connection): TakenSeat {
  if (taken === undefined) throw new BrokerError('appNotRegistered', 'Call registerApp first.');
  return taken;
}

function answer(connection: Connection, id: RequestId, bytes: number, outcome: unknown): void {
  if (!(outcome instanceof Promise)) return connection.outbox.sendText(formatResult(id, outcome));
  connection.inFlight.add(id);
  connection.bytesInFlight += bytes;
  outcome.then(
    (result) => {
      settle(connection, id, bytes);
      connection.outbox.sendText(formatResult(id, result));
      leaveWhenDone(connection);
    },
    (error) => {
      settle(connection, id, bytes);
      answerError(connection, id, error);
      leaveWhenDone(connection);
    },
  );
}

function leaveWhenDone({ isLeaving, inFlight, outbox }: Connection): void {
  if (isLeaving && inFlight.size === 0) outbox.close('goingAway');
}

function settle(connection: Connection, id: RequestId, bytes: number): void {
  connection.inFlight.delete(id);
  connection.bytesInFlight -= bytes;
}

/** Errors that are not the broker's are ours: the client learns only that there was one. */
function answerError({ outbox, parts, principal }: Connection, id: RequestId | null, error: unknown): void {
  const isOurs = !(error instanceof BrokerError);
  if (isOurs) parts.logger.error({ err: error, client: principal?.name }, 'a call failed in the gateway');
  const told = isOurs ? new BrokerError('internalError') : error;
  const { rejected } = parts.counts;
  rejected[told.kind] = (rejected[told.kind] ?? 0) + 1;
  outbox.sendText(formatError(id, told));
}
