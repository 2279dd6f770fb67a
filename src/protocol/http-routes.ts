/** Everything that can be asked for over HTTP: the one source of its routes, of /openapi.json and of the table in docs/http.md. */
import Type, { type Static, type TSchema } from 'typebox';
import type { SubscriptionTarget } from './calls.js';
import { AppRequest, CreatedSession, type HttpRoute, LeasedApp, LocalApp, Ticket } from './http-types.js';
import { ConnectResult, NearbyDevice, SessionSummary, STRICT } from './method-types.js';
import { METHODS } from './methods.js';

const devices = METHODS.getAvailableDeviceList.result;
const sessions = METHODS.listSessions.result;
/** Keys come in a header. */
const { idempotencyKey: _, ...create } = METHODS.createAbilityConnectionSession.params.properties;

/** What an event stream may be of. A trace is asked for by the session's own address. */
export const STREAM_TARGETS = ['sessions', 'devices', 'nearby'] as const satisfies readonly SubscriptionTarget[];

/** In the order in which a client meets them. Bodies are those of the JSON-RPC method of the same purpose, without what the path says. */
export const HTTP_ROUTES = {
  listDevices: {
    verb: 'GET',
    path: '/v1/devices',
    scope: 'read',
    status: 200,
    result: devices,
    doc: 'The devices in range that share the account.',
  },
  listNearby: {
    verb: 'GET',
    path: '/v1/devices/nearby',
    scope: 'read',
    status: 200,
    result: Type.Array(NearbyDevice),
    doc: 'All devices in range or linked, those of other accounts, too.',
  },
  listKnownDevices: {
    verb: 'GET',
    path: '/v1/devices/known',
    scope: 'read',
    status: 200,
    result: METHODS.listKnownDevices.result,
    doc: METHODS.listKnownDevices.doc,
  },
  putApp: {
    verb: 'PUT',
    path: '/v1/apps/{moduleName}/{abilityName}',
    scope: 'drive',
    body: AppRequest,
    isBodyOptional: true,
    status: 200,
    result: LeasedApp,
    failures: [409],
    doc: "Registers an app of the token's bundle, or renews its lease.",
  },
  deleteApp: {
    verb: 'DELETE',
    path: '/v1/apps/{moduleName}/{abilityName}',
    scope: 'drive',
    status: 204,
    failures: [404],
    doc: 'Ends an app and its sessions: their peers see PEER_APP_EXIT.',
  },
  listSessions: {
    verb: 'GET',
    path: '/v1/sessions',
    scope: 'read',
    status: 200,
    result: sessions,
    doc: "The sessions of the token's bundle; with scope admin, of every app.",
  },
  createSession: {
    verb: 'POST',
    path: '/v1/sessions',
    scope: 'drive',
    body: Type.Object({ ...create, app: Type.Optional(LocalApp) }, STRICT),
    call: 'createAbilityConnectionSession',
    status: 201,
    result: CreatedSession,
    takesKey: true,
    failures: [404, 409, 501],
    doc: 'Creates a session of an app. `app` may be left out when the token has one.',
  },
  getSession: {
    verb: 'GET',
    path: '/v1/sessions/{sessionId}',
    scope: 'read',
    status: 200,
    result: SessionSummary,
    failures: [404],
    doc: 'One session that the token may see.',
  },
  traceSession: {
    verb: 'GET',
    path: '/v1/sessions/{sessionId}/trace',
    scope: 'read',
    status: 200,
    result: METHODS.traceSession.result,
    failures: [404],
    doc: METHODS.traceSession.doc,
  },
  destroySession: {
    verb: 'DELETE',
    path: '/v1/sessions/{sessionId}',
    scope: 'drive',
    status: 204,
    takesKey: true,
    failures: [404, 409],
    doc: METHODS.destroyAbilityConnectionSession.doc,
  },
  connect: {
    verb: 'POST',
    path: '/v1/sessions/{sessionId}/connect',
    scope: 'drive',
    status: 200,
    result: ConnectResult,
    takesKey: true,
    failures: [404, 409],
    doc: METHODS.connect.doc,
  },
  accept: {
    verb: 'POST',
    path: '/v1/sessions/{sessionId}/accept',
    scope: 'drive',
    body: Type.Object({ token: METHODS.acceptConnect.params.properties.token }, STRICT),
    call: 'acceptConnect',
    status: 204,
    takesKey: true,
    failures: [404, 409],
    doc: METHODS.acceptConnect.doc,
  },
  disconnect: {
    verb: 'POST',
    path: '/v1/sessions/{sessionId}/disconnect',
    scope: 'drive',
    status: 204,
    takesKey: true,
    failures: [404, 409],
    doc: METHODS.disconnect.doc,
  },
  sendMessage: {
    verb: 'POST',
    path: '/v1/sessions/{sessionId}/messages',
    scope: 'drive',
    body: Type.Object({ msg: METHODS.sendMessage.params.properties.msg }, STRICT),
    call: 'sendMessage',
    status: 204,
    takesKey: true,
    failures: [404, 409, 410],
    doc: METHODS.sendMessage.doc,
  },
  sendData: {
    verb: 'POST',
    path: '/v1/sessions/{sessionId}/data',
    scope: 'drive',
    takesBytes: true,
    status: 204,
    takesKey: true,
    failures: [404, 409, 410],
    doc: "Sends the body's bytes; answers when the peer's broker has them.",
  },
  reject: {
    verb: 'POST',
    path: '/v1/offers/{token}/reject',
    scope: 'drive',
    body: Type.Object({ reason: METHODS.reject.params.properties.reason }, STRICT),
    call: 'reject',
    status: 204,
    takesKey: true,
    failures: [404, 409],
    doc: METHODS.reject.doc,
  },
  createTicket: {
    verb: 'POST',
    path: '/v1/tickets',
    scope: 'read',
    status: 201,
    result: Ticket,
    doc: 'Gives a ticket that opens one event stream in place of the token, once and soon.',
  },
  events: {
    verb: 'GET',
    path: '/v1/events',
    scope: 'read',
    query: {
      app: {
        doc: '`moduleName/abilityName` of an app of this token, whose events come, too; needs scope drive',
        schema: Type.String(),
      },
      targets: {
        doc: '`sessions`, `devices`, `nearby`, separated by commas; `sessions,devices` if left out',
        schema: Type.Array(Type.Enum(STREAM_TARGETS)),
      },
      since: {
        doc: 'the last `id` that was handled, where the header Last-Event-ID cannot be sent',
        schema: Type.String(),
      },
      follow: { doc: '`false`: ends when everything that there is was sent', schema: Type.Boolean() },
      ticket: { doc: 'in place of the header Authorization', schema: Type.String() },
    },
    status: 200,
    givesEvents: true,
    failures: [404, 409],
    doc: 'Server-Sent Events: what there is, then every change, as long as the connection lasts.',
  },
} as const satisfies Record<string, HttpRoute>;

export type HttpRouteName = keyof typeof HTTP_ROUTES;

/** The body of a route that has one. */
export type HttpBody<R extends HttpRouteName> = (typeof HTTP_ROUTES)[R] extends {
  readonly body: infer B extends TSchema;
}
  ? Static<B>
  : undefined;
