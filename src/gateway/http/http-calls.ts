/** What each HTTP route does: the same calls as over the WebSocket, for apps that are driven over HTTP. */
import { firstValueFrom } from 'rxjs';
import type { Principal } from '../../broker/tokens.js';
import { BrokerError } from '../../protocol/errors.js';
import { TICKET_LIFE_MS } from '../../protocol/http-limits.js';
import type { HttpBody, HttpRouteName } from '../../protocol/http-routes.js';
import type { AppSessions } from '../app-sessions.js';
import type { GatewayParts } from '../connection.js';
import { audienceOf } from '../open-calls.js';
import { markCall } from '../remembered-calls.js';
import type { HttpApp, HttpApps } from './http-apps.js';
import type { Tickets } from './tickets.js';

/** One request, authenticated and checked. */
export interface HttpCall<R extends HttpRouteName> {
  readonly route: HttpRouteName;
  readonly principal: Principal;
  /** Of the path. */
  readonly params: Readonly<Record<string, string>>;
  readonly body: HttpBody<R>;
  /** Empty unless the route takes bytes. */
  readonly bytes: Uint8Array;
  /** Of the header Idempotency-Key. */
  readonly key: string | undefined;
}

export type CallRoute = Exclude<HttpRouteName, 'events'>;
export type HttpCalls = { readonly [R in CallRoute]: (call: HttpCall<R>) => unknown };

export interface HttpCallParts {
  readonly parts: GatewayParts;
  readonly apps: HttpApps;
  readonly tickets: Tickets;
}

export function createHttpCalls({ parts, apps, tickets }: HttpCallParts): HttpCalls {
  const { broker, sessionFeed } = parts;

  /** Carries out what is asked of a session by the app of this token that has it. */
  function drive<R extends CallRoute>(
    call: (sessions: AppSessions, sessionId: number, given: HttpCall<R>) => unknown,
  ): (given: HttpCall<R>) => Promise<unknown> {
    return (given) => {
      const sessionId = readSessionId(given.params);
      const own = apps.ofToken(given.principal.tokenId);
      // A request that is repeated may be one that has ended the session.
      const app = own.find(({ taken }) => hasSession(taken.sessions, sessionId)) ?? whoKnows(own, given.key);
      if (app === undefined)
        throw new BrokerError('sessionNotFound', `No app of this token has a session ${sessionId}.`);
      return holding(app, () => once(app, given, () => call(app.taken.sessions, sessionId, given)));
    };
  }

  return {
    listDevices: () => broker.listDevices(),
    listKnownDevices: () => broker.listKnownDevices(),
    listNearby: () => firstValueFrom(broker.nearby$),
    listSessions: ({ principal }) => sessionFeed.list(audienceOf(principal)),
    getSession({ principal, params }) {
      const sessionId = readSessionId(params);
      const found = sessionFeed.list(audienceOf(principal)).find((session) => session.sessionId === sessionId);
      if (found === undefined) throw new BrokerError('sessionNotFound', `There is no session ${sessionId}.`);
      return found;
    },
    traceSession: ({ principal, params }) => parts.traceFeed.read(readSessionId(params), audienceOf(principal)),
    putApp({ principal, params: { moduleName = '', abilityName = '' }, body }) {
      const name = { bundleName: principal.bundleName, moduleName, abilityName };
      const { leaseMs, taken, listen } = apps.put(principal, name, body ?? {});
      const sessions = sessionsOf(parts, name);
      for (const { sessionId } of sessions) listen(sessionId);
      return { app: name, epoch: taken.seat.epoch, offset: taken.seat.confirmedOffset, leaseMs, sessions };
    },
    deleteApp: ({ principal, params: { moduleName = '', abilityName = '' } }) =>
      apps.end(apps.get(principal.tokenId, moduleName, abilityName)),
    createSession(given) {
      const { principal, body } = given;
      const { app: name, serviceName, peerInfo, connectOptions } = body;
      const app =
        name === undefined ? onlyApp(apps, principal) : apps.get(principal.tokenId, name.moduleName, name.abilityName);
      const create = () => {
        const sessionId = app.taken.sessions.create(serviceName, peerInfo, connectOptions);
        app.listen(sessionId);
        return { sessionId };
      };
      return holding(app, () => once(app, given, create));
    },
    destroySession: drive((sessions, sessionId) => sessions.destroy(sessionId)),
    connect: drive(({ manager }, sessionId) => manager.connect(sessionId)),
    accept: drive<'accept'>(({ manager }, sessionId, { body }) => manager.acceptConnect(sessionId, body.token)),
    disconnect: drive(({ manager }, sessionId) => manager.disconnect(sessionId)),
    sendMessage: drive<'sendMessage'>(({ manager }, sessionId, { body }) => manager.sendMessage(sessionId, body.msg)),
    sendData: drive(({ manager }, sessionId, { bytes }) => manager.sendData(sessionId, bytes)),
    reject: (given) => reject(apps.ofToken(given.principal.tokenId), given),
    createTicket: ({ principal }) => ({ ticket: tickets.create(principal), lifeMs: TICKET_LIFE_MS }),
  };
}

/** The sessions of one app, as observers see them. */
export function sessionsOf({ sessionFeed }: GatewayParts, { bundleName, moduleName, abilityName }: HttpApp['name']) {
  return sessionFeed
    .list(bundleName)
    .filter(({ app }) => app.moduleName === moduleName && app.abilityName === abilityName);
}

function readSessionId({ sessionId = '' }: HttpCall<CallRoute>['params']): number {
  if (!/^\d{1,10}$/.test(sessionId)) throw new BrokerError('invalidParams', 'sessionId must be a whole number.');
  return Number(sessionId);
}

function hasSession({ manager }: AppSessions, sessionId: number): boolean {
  return manager.getPeerInfoById(sessionId) !== undefined;
}

/** A repeated request with the same key gets the first one's answer, as over the WebSocket. */
function once(
  { taken }: HttpApp,
  { key, route, params, body, bytes }: Omit<HttpCall<CallRoute>, 'body'> & { readonly body: unknown },
  call: () => unknown,
): unknown {
  if (key === undefined) return call();
  const mark = markCall(`${route} ${JSON.stringify(params)}`, bytes.length > 0 ? bytes : JSON.stringify(body ?? null));
  return taken.remembered.once(key, mark, call);
}

async function holding(app: HttpApp, call: () => unknown): Promise<unknown> {
  const release = app.hold();
  try {
    return await call();
  } finally {
    release();
  }
}

function onlyApp(apps: HttpApps, { tokenId }: Principal): HttpApp {
  const [app, another] = apps.ofToken(tokenId);
  if (app === undefined)
    throw new BrokerError('appNotRegistered', 'PUT /v1/apps/{moduleName}/{abilityName} registers one.');
  if (another !== undefined) throw new BrokerError('invalidParams', 'This token has several apps: say which in app.');
  return app;
}

/** The app that has carried out a request with this key. */
function whoKnows(apps: readonly HttpApp[], key: string | undefined): HttpApp | undefined {
  return key === undefined ? undefined : apps.find(({ taken }) => taken.remembered.knows(key));
}

/** The offer is one app's; which one, only its token says. */
function reject(apps: readonly HttpApp[], given: HttpCall<'reject'>): unknown {
  const { params, body, key } = given;
  const { token = '' } = params;
  const repeated = whoKnows(apps, key);
  if (repeated !== undefined) return once(repeated, given, () => undefined);
  for (const app of apps) {
    try {
      app.hold()();
      app.taken.sessions.manager.reject(token, body.reason);
      return once(app, given, () => undefined);
    } catch (error) {
      if (!(error instanceof BrokerError) || error.kind !== 'tokenNotFound') throw error;
    }
  }
  throw new BrokerError('tokenNotFound');
}
