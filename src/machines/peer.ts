/** The chart of the one link to another device: dials, keeps one link of two, redials. It never knows what a message means. */
import { and, assign, fromPromise, setup } from 'xstate';
import { ConnectErrorCode } from '../protocol/codes.js';
import { LINK_LASTED_MS, LINK_LINGER_MS, REDIAL_FIRST_MS, REDIAL_LONGEST_MS } from '../protocol/limits.js';
import type { LinkEnd } from '../transport/transport.js';
import { AttemptError } from './attempt-error.js';

/** Links are kept beside the machine; it knows them by number. */
export type LinkNumber = number;

export interface PeerContext {
  readonly deviceId: string;
  /** Whether a link dialled here wins against one dialled there: true on the side with the smaller device id. */
  readonly isOwnDialPreferred: boolean;
  /** The link in use: defined in `linked` and `lingering` only. */
  readonly link: LinkNumber | undefined;
  /** Whether the link in use was dialled here. */
  readonly isOwnLink: boolean;
  /** A link the other side dialled, kept in case the preferred one fails. Only where `isOwnDialPreferred`. */
  readonly reserve: LinkNumber | undefined;
  /** Dials since a link was first wanted, or since one lasted: one that breaks right after its handshake is as good as none. */
  readonly attempts: number;
  /** Why the last dial or link failed, for people; '' when there was no failure. */
  readonly trouble: string;
}

/** `link.wanted` and `link.unwanted` may be repeated; what changes nothing is ignored. */
export type PeerEvent =
  /** At least one session needs the link, or the other side asks to be dialled. */
  | { readonly type: 'link.wanted' }
  /** Nobody needs the link any more. */
  | { readonly type: 'link.unwanted' }
  /** The other side dialled a link and proved who it is. */
  | { readonly type: 'link.offered'; readonly link: LinkNumber }
  /** A link ended, be it that `closeLink` ended it. */
  | { readonly type: 'link.lost'; readonly link: LinkNumber; readonly trouble: string }
  /** The other device came back into range. */
  | { readonly type: 'device.sighted' }
  | { readonly type: 'radio.on' }
  | { readonly type: 'radio.off' };

const noLinks = { link: undefined, isOwnLink: false, reserve: undefined } satisfies Partial<PeerContext>;

const setupPeer = setup({
  types: {
    context: {} as PeerContext,
    events: {} as PeerEvent,
    input: {} as Pick<PeerContext, 'deviceId' | 'isOwnDialPreferred'>,
  },
  actors: {
    /**
     * Provided: dials and secures, rejects with AttemptError. Aborted through `signal` when its answer is no longer wanted, which may be
     * after it resolved: it then closes the link it opened.
     */
    open: fromPromise<LinkNumber, { readonly deviceId: string }>(() => Promise.reject(new Error('not provided'))),
  },
  delays: {
    redial: ({ context }) => redialDelayMs(context.attempts),
    linger: LINK_LINGER_MS,
    lasted: LINK_LASTED_MS,
  },
  guards: {
    /** Whether a dial under way wins against a link the other side dials. Provided: not where it only asks for such a link. */
    isOwnDialAwaited: ({ context }) => context.isOwnDialPreferred,
    /** Whether the link in use wins against one the other side dials. */
    isLinkPreferred: ({ context }) => context.isOwnDialPreferred && context.isOwnLink,
    hasLasted: ({ context }) => context.attempts === 0,
    hasReserve: ({ context }) => context.reserve !== undefined,
    isLink: ({ context, event }) => event.type === 'link.lost' && event.link === context.link,
    isReserve: ({ context, event }) => event.type === 'link.lost' && event.link === context.reserve,
    isFinal: (_, { error }: ErrorParams) => error instanceof AttemptError && error.isFinal,
  },
  actions: {
    countAttempt: assign({ attempts: ({ context }) => context.attempts + 1 }),
    startAfresh: assign({ attempts: 0 }),
    noteFailure: assign((_, { error }: ErrorParams) => ({ trouble: describe(error) })),
    noteLoss: assign({ trouble: ({ event }) => (event.type === 'link.lost' ? event.trouble : '') }),
    useOwn: assign((_, { link }: LinkParams) => ({ ...noLinks, link, isOwnLink: true })),
    useOffered: assign(({ event }) => ({ ...noLinks, link: offered(event) })),
    useReserve: assign(({ context }) => ({ ...noLinks, link: context.reserve })),
    holdOffered: assign({ reserve: ({ event }) => offered(event) }),
    forgetReserve: assign({ reserve: undefined }),
    forgetLinks: assign(noLinks),

    // Effects, provided by the broker.
    /** Attaches the link and tells every session `link.up`. */
    announceUp: (_, _params: LinkParams) => {},
    /** Detaches the link in use and tells every session `link.lost`; once for every `announceUp`. */
    announceLost: () => {},
    /** Ends a link; nothing to do when it is undefined or has ended. */
    closeLink: (_, _params: LinkParams & { readonly end: LinkEnd }) => {},
    /** Pings the link in use, so that a dead one is noticed soon. */
    probeLink: () => {},
    /** Tells the sessions that are connecting or accepting `link.refused`. */
    refuse: (_, _params: { readonly errorCode: ConnectErrorCode; readonly trouble: string }) => {},
  },
});

/** What actions are told of a link, and guards of a failure. */
export type LinkParams = Pick<PeerContext, 'link'>;
export type ErrorParams = { readonly error: unknown };

/** The wait after so many dials in a row that failed. */
export function redialDelayMs(attempts: number): number {
  return Math.min(REDIAL_FIRST_MS * 2 ** (attempts - 1), REDIAL_LONGEST_MS);
}

function offered(event: PeerEvent): LinkNumber | undefined {
  return event.type === 'link.offered' ? event.link : undefined;
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const withError = ({ event }: { event: ErrorParams }) => ({ error: event.error });
const isFinal = { type: 'isFinal', params: withError } as const;
const noteFailure = { type: 'noteFailure', params: withError } as const;
const refuse = {
  type: 'refuse',
  params: ({ event: { error } }: { event: ErrorParams }) => ({
    errorCode: error instanceof AttemptError ? error.errorCode : ConnectErrorCode.SYSTEM_INTERNAL_ERROR,
    trouble: describe(error),
  }),
} as const;
const useOwn = {
  type: 'useOwn',
  params: ({ event }: { event: { output: LinkNumber } }) => ({ link: event.output }),
} as const;
const announceUp = {
  type: 'announceUp',
  params: ({ context }: { context: PeerContext }) => ({ link: context.link }),
} as const;

function closing(which: 'link' | 'reserve', end: LinkEnd) {
  const params = ({ context }: { context: PeerContext }) => ({ link: context[which], end });
  return { type: 'closeLink', params } as const;
}

/** A link offered where there is none is taken, whoever is preferred: it is there. */
const takeOffered = ['useOffered', announceUp] as const;
const takeReserve = ['useReserve', announceUp] as const;
const giveUpLinks = (end: LinkEnd) =>
  ['announceLost', closing('link', end), closing('reserve', end), 'forgetLinks'] as const;

/** Both ends keep the link that the smaller device id dialled; of two from the same side the newer one, for its dialler has lost the older. */
const offeredToHolder = [
  { guard: 'isLinkPreferred', actions: [closing('reserve', 'duplicate'), 'holdOffered', 'probeLink'] },
  { actions: ['announceLost', closing('link', 'duplicate'), 'useOffered', announceUp] },
] as const;
const replaceLost = {
  guard: and(['isLink', 'hasReserve']),
  actions: ['noteLoss', 'announceLost', 'useReserve', announceUp],
} as const;
const loseLink = ['noteLoss', 'announceLost', 'forgetLinks'] as const;
const dropReserve = { guard: 'isReserve', actions: 'forgetReserve' } as const;

export const peerMachine = setupPeer.createMachine({
  id: 'peer',
  initial: 'idle',
  context: ({ input }) => ({ ...input, ...noLinks, attempts: 0, trouble: '' }),
  states: {
    /** Not needed, no link. */
    idle: {
      entry: 'startAfresh',
      on: {
        'link.wanted': 'dialling',
        'link.offered': { target: 'lingering', actions: takeOffered },
      },
    },

    dialling: {
      entry: 'countAttempt',
      invoke: {
        src: 'open',
        input: ({ context }) => ({ deviceId: context.deviceId }),
        onDone: { target: 'linked', actions: [closing('reserve', 'duplicate'), useOwn, announceUp] },
        onError: [
          { guard: 'hasReserve', target: 'linked', actions: [noteFailure, ...takeReserve] },
          { guard: isFinal, target: 'idle', actions: [noteFailure, refuse] },
          { target: 'waiting', actions: noteFailure },
        ],
      },
      on: {
        'link.offered': [
          { guard: 'isOwnDialAwaited', actions: [closing('reserve', 'duplicate'), 'holdOffered'] },
          { target: 'linked', actions: takeOffered },
        ],
        'link.lost': dropReserve,
        'link.unwanted': [{ guard: 'hasReserve', target: 'lingering', actions: takeReserve }, { target: 'idle' }],
        'radio.off': { target: 'grounded', actions: [closing('reserve', 'radio-off'), 'forgetLinks'] },
      },
    },

    /** Between two dials, or between a link that did not last and the next dial. */
    waiting: {
      after: { redial: 'dialling' },
      on: {
        'link.offered': { target: 'linked', actions: takeOffered },
        'link.unwanted': 'idle',
        'device.sighted': 'dialling',
        'radio.on': 'dialling',
        'radio.off': 'grounded',
      },
    },

    /** Needed, but the radio here is off. */
    grounded: {
      entry: 'startAfresh',
      on: {
        'link.offered': { target: 'linked', actions: takeOffered },
        'link.unwanted': 'idle',
        'radio.on': 'dialling',
      },
    },

    linked: {
      after: { lasted: { actions: 'startAfresh' } },
      on: {
        'link.offered': offeredToHolder,
        'link.lost': [
          replaceLost,
          { guard: and(['isLink', 'hasLasted']), target: 'dialling', actions: loseLink },
          { guard: 'isLink', target: 'waiting', actions: loseLink },
          dropReserve,
        ],
        'link.unwanted': 'lingering',
        'radio.off': { target: 'grounded', actions: giveUpLinks('radio-off') },
      },
    },

    /** A link that no session needs, kept for the next one. */
    lingering: {
      entry: 'startAfresh',
      after: { linger: { target: 'idle', actions: giveUpLinks('closed-here') } },
      on: {
        'link.wanted': 'linked',
        'link.offered': offeredToHolder,
        'link.lost': [replaceLost, { guard: 'isLink', target: 'idle', actions: loseLink }, dropReserve],
        'radio.off': { target: 'idle', actions: giveUpLinks('radio-off') },
      },
    },
  },
});
