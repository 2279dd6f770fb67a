/** The chart of one collaboration session: decides what happens next, and leaves the doing to the named actions. */
import { assign, setup } from 'xstate';
import { ConnectErrorCode, DisconnectReason } from '../protocol/codes.js';
import { CONNECT_TIMEOUT_MS, RESUME_WINDOW_MS } from '../protocol/limits.js';
import type { SessionEvent } from './session-events.js';

export interface SessionContext {
  readonly sessionId: number;
  /** Of the present or last attempt; '' before the first. */
  readonly token: string;
  readonly role: 'initiator' | 'acceptor' | undefined;
  /** The session's number over there, once known; 0 before. */
  readonly remoteSessionId: number;
  /** Outcome of the last attempt that failed or was rejected. */
  readonly errorCode: ConnectErrorCode | undefined;
  /** Words to `errorCode`: the peer app's on a rejection. */
  readonly reason: string;
  readonly disconnectReason: DisconnectReason | undefined;
}

const setupSession = setup({
  types: {
    context: {} as SessionContext,
    events: {} as SessionEvent,
    input: {} as { readonly sessionId: number },
  },
  delays: {
    connectTimeout: CONNECT_TIMEOUT_MS,
    resumeWindow: RESUME_WINDOW_MS,
  },
  guards: {
    isThisAttempt: ({ context, event }) => 'token' in event && event.token === context.token,
    isOtherAttempt: ({ context, event }) => 'token' in event && event.token !== context.token,
    isRejectedByApp: ({ context, event }) =>
      event.type === 'peer.reject' &&
      event.token === context.token &&
      event.errorCode === ConnectErrorCode.PEER_APP_REJECTED,
  },
  actions: {
    beginAsInitiator: assign(({ event }) => ({
      ...newAttempt,
      role: 'initiator' as const,
      token: event.type === 'connect' ? event.token : '',
    })),
    beginAsAcceptor: assign(({ event }) => ({
      ...newAttempt,
      role: 'acceptor' as const,
      token: event.type === 'acceptConnect' ? event.token : '',
      remoteSessionId: event.type === 'acceptConnect' ? event.remoteSessionId : 0,
    })),
    learnRemoteSession: assign({
      remoteSessionId: ({ context, event }) =>
        'remoteSessionId' in event ? event.remoteSessionId : context.remoteSessionId,
    }),
    noteRefusal: assign(({ event }) =>
      event.type === 'peer.reject' || event.type === 'link.refused'
        ? { errorCode: event.errorCode, reason: event.reason }
        : {},
    ),
    noteFailure: assign((_, params: { reason: string }) => ({
      errorCode: ConnectErrorCode.SYSTEM_INTERNAL_ERROR,
      reason: params.reason,
    })),
    noteDisconnect: assign((_, params: { reason: DisconnectReason }) => ({ disconnectReason: params.reason })),
    notePeerClose: assign({
      disconnectReason: ({ event }) => (event.type === 'peer.close' ? event.reason : undefined),
    }),

    // Effects: the broker provides them. Each reads what it needs from the context.
    /** Asks the far broker for this session, now or when there is a link. */
    sendOpen: notProvided,
    sendAccept: notProvided,
    sendConfirm: notProvided,
    sendResume: notProvided,
    /** Tells the other half that the attempt or session is over; kept for the next link when there is none. */
    sendClose: (_, _params: { reason: DisconnectReason }) => {},
    /** Tells the other half of an earlier attempt that it is over. */
    closeStale: notProvided,
    /** Opens the way for payload: from now on it passes beside the machine. */
    openDelivery: notProvided,
    /** Keeps payload until the link is back. */
    holdDelivery: notProvided,
    /** Sends again what was not acknowledged, then goes on. */
    resumeDelivery: notProvided,
    /** Rejects what was not acknowledged. */
    closeDelivery: notProvided,
    /** Answers the pending `connect` from the context: connected, rejected or failed. */
    settleConnect: notProvided,
    /** Answers the pending `acceptConnect` likewise. */
    settleAccept: notProvided,
    raiseConnect: notProvided,
    raiseDisconnect: notProvided,
  },
});

function notProvided(): void {}

const newAttempt = {
  remoteSessionId: 0,
  errorCode: undefined,
  reason: '',
  disconnectReason: undefined,
} satisfies Partial<SessionContext>;

/** Reasons of attempts that one of the apps ended. */
export const CANCELLED = 'cancelled by the app';
export const GIVEN_UP_THERE = 'the peer gave the attempt up';
/** The reason of an attempt whose deadline has passed: the peer may know more. */
export const NO_ANSWER = 'no answer within the connect timeout';

const closedByApp = { type: 'sendClose', params: { reason: DisconnectReason.PEER_APP_CLOSE_COLLABORATION } } as const;
const closedByExit = { type: 'sendClose', params: { reason: DisconnectReason.PEER_APP_EXIT } } as const;
const cancelled = { type: 'noteFailure', params: { reason: CANCELLED } } as const;
const closedThere = { type: 'noteFailure', params: { reason: GIVEN_UP_THERE } } as const;
const timedOut = { type: 'noteFailure', params: { reason: NO_ANSWER } } as const;
const linkGaveOut = { type: 'noteDisconnect', params: { reason: DisconnectReason.NETWORK_DISCONNECTED } } as const;

/** `connect` and `acceptConnect` are legal again wherever nothing is under way. */
const atRest = {
  connect: { target: 'connecting', actions: 'beginAsInitiator' },
  acceptConnect: { target: 'accepting', actions: 'beginAsAcceptor' },
  destroy: 'destroyed',
  'app.exit': 'destroyed',
  'peer.accept': { actions: 'closeStale' },
  'peer.resume': { actions: 'closeStale' },
} as const;

/** Of this attempt, an accept or resume says nothing new where both halves were connected: links keep order, and `link.up` sends a resume. */
const answerOtherAttempts = {
  'peer.accept': { guard: 'isOtherAttempt', actions: 'closeStale' },
  'peer.resume': { guard: 'isOtherAttempt', actions: 'closeStale' },
} as const;

export const sessionMachine = setupSession.createMachine({
  id: 'session',
  initial: 'created',
  context: ({ input }) => ({ ...newAttempt, sessionId: input.sessionId, token: '', role: undefined }),
  states: {
    created: { on: atRest },

    connecting: {
      entry: 'sendOpen',
      after: { connectTimeout: { target: 'failed', actions: [timedOut, closedByApp, 'settleConnect'] } },
      on: {
        'link.up': { actions: 'sendOpen' },
        'link.refused': { target: 'failed', actions: ['noteRefusal', 'settleConnect'] },
        'peer.accept': [
          {
            guard: 'isThisAttempt',
            target: 'connected',
            actions: ['learnRemoteSession', 'sendConfirm', 'openDelivery', 'settleConnect'],
          },
          { actions: 'closeStale' },
        ],
        'peer.reject': [
          { guard: 'isRejectedByApp', target: 'rejected', actions: ['noteRefusal', 'settleConnect'] },
          { guard: 'isThisAttempt', target: 'failed', actions: ['noteRefusal', 'settleConnect'] },
        ],
        'peer.close': { guard: 'isThisAttempt', target: 'failed', actions: [closedThere, 'settleConnect'] },
        'peer.resume': { actions: 'closeStale' },
        disconnect: { target: 'disconnected', actions: [cancelled, closedByApp, 'settleConnect'] },
        destroy: { target: 'destroyed', actions: [cancelled, closedByApp, 'settleConnect'] },
        'app.exit': { target: 'destroyed', actions: [cancelled, closedByExit, 'settleConnect'] },
      },
    },

    accepting: {
      entry: 'sendAccept',
      after: { connectTimeout: { target: 'failed', actions: [timedOut, closedByApp, 'settleAccept'] } },
      on: {
        'link.up': { actions: 'sendAccept' },
        'link.refused': { target: 'failed', actions: ['noteRefusal', 'settleAccept'] },
        'peer.confirm': {
          guard: 'isThisAttempt',
          target: 'connected',
          actions: ['openDelivery', 'settleAccept', 'raiseConnect'],
        },
        'peer.resume': [
          {
            guard: 'isThisAttempt',
            target: 'connected',
            actions: ['openDelivery', 'sendResume', 'resumeDelivery', 'settleAccept', 'raiseConnect'],
          },
          { actions: 'closeStale' },
        ],
        'peer.accept': { actions: 'closeStale' },
        'peer.close': { guard: 'isThisAttempt', target: 'failed', actions: [closedThere, 'settleAccept'] },
        disconnect: { target: 'disconnected', actions: [cancelled, closedByApp, 'settleAccept'] },
        destroy: { target: 'destroyed', actions: [cancelled, closedByApp, 'settleAccept'] },
        'app.exit': { target: 'destroyed', actions: [cancelled, closedByExit, 'settleAccept'] },
      },
    },

    connected: {
      on: {
        'link.lost': { target: 'suspended', actions: 'holdDelivery' },
        ...answerOtherAttempts,
        'peer.close': {
          guard: 'isThisAttempt',
          target: 'disconnected',
          actions: ['notePeerClose', 'closeDelivery', 'raiseDisconnect'],
        },
        disconnect: { target: 'disconnected', actions: [closedByApp, 'closeDelivery'] },
        destroy: { target: 'destroyed', actions: [closedByApp, 'closeDelivery'] },
        'app.exit': { target: 'destroyed', actions: [closedByExit, 'closeDelivery'] },
      },
    },

    suspended: {
      after: {
        resumeWindow: { target: 'disconnected', actions: [linkGaveOut, 'closeDelivery', 'raiseDisconnect'] },
      },
      on: {
        'link.up': { actions: 'sendResume' },
        'link.refused': { target: 'disconnected', actions: [linkGaveOut, 'closeDelivery', 'raiseDisconnect'] },
        'peer.resume': [
          { guard: 'isThisAttempt', target: 'connected', actions: 'resumeDelivery' },
          { actions: 'closeStale' },
        ],
        'peer.accept': answerOtherAttempts['peer.accept'],
        'peer.close': {
          guard: 'isThisAttempt',
          target: 'disconnected',
          actions: ['notePeerClose', 'closeDelivery', 'raiseDisconnect'],
        },
        disconnect: { target: 'disconnected', actions: [closedByApp, 'closeDelivery'] },
        destroy: { target: 'destroyed', actions: [closedByApp, 'closeDelivery'] },
        'app.exit': { target: 'destroyed', actions: [closedByExit, 'closeDelivery'] },
      },
    },

    disconnected: { on: atRest },
    rejected: { on: atRest },
    failed: { on: atRest },
    destroyed: { type: 'final' },
  },
});
