/** All sessions of this device: made, found by number or conversation, announced when their state changes. */
import { type Observable, Subject } from 'rxjs';
import { createActor } from 'xstate';
import { isUnderWay } from '../machines/handshake.js';
import { NO_ANSWER, type SessionContext, type sessionMachine } from '../machines/session.js';
import type { SessionEvent } from '../machines/session-events.js';
import type { FullPeerInfo } from '../protocol/arguments.js';
import { ConnectErrorCode, type SessionState } from '../protocol/codes.js';
import type { ConnectResult } from '../protocol/collaboration.js';
import { BrokerError } from '../protocol/errors.js';
import type { WireConnectOptions } from '../protocol/frame.js';
import { FIRST_SESSION_ID } from '../protocol/limits.js';
import type { Clock } from '../transport/clock.js';
import type { RegisteredApp } from './apps.js';
import type { Outcome } from './explain.js';
import type { SessionSummary, SessionTrace } from './interface.js';
import type { Refusal } from './offers.js';
import { conversationKey, type Session, summarise as summariseWith } from './session.js';
import { forgetLife, forgetUnheard } from './tell.js';
import { note, type Trace } from './trace.js';
import { CALLS } from './trace-rows.js';
import type { Traces } from './traces.js';
import { watchTransitions } from './watch-transitions.js';

export interface NewSession {
  readonly app: RegisteredApp;
  readonly serviceName: string;
  readonly peerInfo: FullPeerInfo;
  readonly options: WireConnectOptions;
}

export interface Sessions {
  create(wanted: NewSession): Session;
  get(sessionId: number): Session | undefined;
  /** For a session's own chart, which acts only while the session exists. Throws RangeError otherwise. */
  expect(sessionId: number): Session;
  /** The sessions of this conversation that are under way: at most one initiated here, and one accepted. */
  findLive(key: string): readonly Session[];
  findInitiated(key: string): Session | undefined;
  findAccepted(key: string): Session | undefined;
  /** Until the session rests again. */
  markLive(session: Session, role: 'initiator' | 'acceptor'): void;
  /** For a `connect` that was refused before its chart heard of it. */
  explainRefusal(session: Session, refusal: Refusal): void;
  ofApp(app: RegisteredApp): readonly Session[];
  all(): Iterable<Session>;
  list(): readonly SessionSummary[];
  /** Of a session, or one destroyed lately. */
  trace(sessionId: number): SessionTrace | undefined;
  readonly changes$: Observable<SessionSummary>;
  close(): void;
}

export interface SessionsOptions {
  readonly machine: typeof sessionMachine;
  readonly clock: Clock;
  readonly traces: Traces;
  /** What a device calls itself. */
  readonly nameOf: (deviceId: string) => string | undefined;
  /** Why it failed or ended, in a sentence. */
  readonly explain: (session: Session, outcome: Outcome) => string;
  /** Called when an attempt or conversation is over, before anyone hears of it. */
  readonly onRest: (session: Session) => void;
  /** Called when it is forgotten. */
  readonly onDestroyed: (session: Session) => void;
}

export function createSessions(options: SessionsOptions): Sessions {
  const { machine, clock, traces, nameOf, explain, onRest, onDestroyed } = options;
  const summarise = (session: Session): SessionSummary => summariseWith(session, nameOf);
  const sessions = new Map<number, Session>();
  const byApp = new Map<RegisteredApp, Set<Session>>();
  const initiated = new Map<string, Session>();
  const accepted = new Map<string, Session>();
  const changes = new Subject<SessionSummary>();
  let nextSessionId = FIRST_SESSION_ID;

  function noteState(session: Session, state: SessionState): void {
    const before = session.state;
    if (before === state) return;
    session.state = state;
    // Before its peer is let go: where that stands is part of the answer.
    if (isUnderWay(state) && !isUnderWay(before)) {
      session.diagnosis = undefined;
      forgetLife(session);
    }
    if (!isUnderWay(state) && isUnderWay(before))
      session.diagnosis = explain(session, session.actor.getSnapshot().context);
    session.since = Date.now();
    if (!isUnderWay(state)) {
      const key = keyOf(session);
      if (initiated.get(key) === session) initiated.delete(key);
      if (accepted.get(key) === session) accepted.delete(key);
      onRest(session);
    }
    if (state === 'destroyed') {
      forgetUnheard(session);
      sessions.delete(session.sessionId);
      traces.keep(session, summarise(session));
      onDestroyed(session);
      byApp.get(session.app)?.delete(session);
      if (byApp.get(session.app)?.size === 0) byApp.delete(session.app);
    }
    if (changes.observed) changes.next(summarise(session));
  }

  watchTransitions<SessionContext, SessionEvent>(machine, 'session', (row, { sessionId }) => {
    const session = sessions.get(sessionId);
    if (session !== undefined) note(session.trace, row);
  });

  return {
    create(wanted) {
      const sessionId = nextSessionId;
      nextSessionId += 1;
      const actor = createActor(machine, { input: { sessionId }, clock });
      const session = newSession(wanted, actor, traces.begin(sessionId));
      note(session.trace, CALLS.create);
      actor.subscribe({
        next: ({ value }) => noteState(session, value),
        error: (error: unknown) => reportChartError(session, error),
      });
      sessions.set(sessionId, session);
      byApp.set(wanted.app, (byApp.get(wanted.app) ?? new Set()).add(session));
      actor.start();
      if (changes.observed) changes.next(summarise(session));
      return session;
    },
    get: (sessionId) => sessions.get(sessionId),
    expect(sessionId) {
      const session = sessions.get(sessionId);
      if (session === undefined) throw new RangeError(`session ${sessionId} does not exist`);
      return session;
    },
    findLive: (key) => [initiated.get(key), accepted.get(key)].filter((session) => session !== undefined),
    findInitiated: (key) => initiated.get(key),
    findAccepted: (key) => accepted.get(key),
    markLive: (session, role) => (role === 'initiator' ? initiated : accepted).set(keyOf(session), session),
    explainRefusal(session, refusal) {
      // A session under way is not what failed: it is in the way.
      if (isUnderWay(session.state)) return;
      session.diagnosis = explain(session, refusal);
      if (changes.observed) changes.next(summarise(session));
    },
    ofApp: (app) => [...(byApp.get(app) ?? [])],
    all: () => sessions.values(),
    list: () => [...sessions.values()].map(summarise),
    trace(sessionId) {
      const session = sessions.get(sessionId);
      return session === undefined ? traces.readKept(sessionId) : traces.read(session, summarise(session));
    },
    changes$: changes.asObservable(),
    close: () => changes.complete(),
  };
}

export function keyOf({ serviceName, app, peerInfo }: NewSession): string {
  return conversationKey(serviceName, app.name, peerInfo.deviceId, peerInfo);
}

/** What `connect` tells its caller; while there is no link, what keeps it away is part of the reason. */
export function connectResult({ peer }: Session, { errorCode, reason }: SessionContext): ConnectResult {
  if (errorCode === undefined) return { isConnected: true, reason: '' };
  // Every other reason says enough; and while the link is refused, the trouble of the peer is still that of an earlier dial.
  const isUnexplained = reason === NO_ANSWER && peer?.link === undefined;
  const trouble = isUnexplained ? (peer?.actor.getSnapshot().context.trouble ?? '') : '';
  return { isConnected: false, errorCode, reason: trouble === '' ? reason : `${reason}: ${trouble}` };
}

function newSession(wanted: NewSession, actor: Session['actor'], trace: Trace): Session {
  return {
    sessionId: trace.sessionId,
    app: wanted.app,
    serviceName: wanted.serviceName,
    peerInfo: wanted.peerInfo,
    options: wanted.options,
    actor,
    trace,
    traffic: undefined,
    diagnosis: undefined,
    state: 'created',
    since: Date.now(),
    peer: undefined,
    delivery: undefined,
    canSend: false,
    isReady: false,
    listeners: undefined,
    unheard: undefined,
    settleConnect: undefined,
    settleAccept: undefined,
  };
}

/** A chart never throws by design; if one does, its promises are answered and the defect surfaces as a warning. */
function reportChartError(session: Session, error: unknown): void {
  session.settleConnect?.({
    isConnected: false,
    errorCode: ConnectErrorCode.SYSTEM_INTERNAL_ERROR,
    reason: 'internal error',
  });
  session.settleAccept?.(new BrokerError('acceptFailed', 'internal error', { cause: error }));
  process.emitWarning(`session ${session.sessionId}: ${error instanceof Error ? error.stack : error}`);
}
