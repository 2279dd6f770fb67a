/**
 * What the machines' guards, delays and assignments say, in ECMAScript over a document's data and `_event.data`: functions cannot be
 * written into one. As much as the conditions ask for, and no more of the context. test/charts/scxml-engine.test.ts drives each machine and
 * its document side by side.
 */
import { ConnectErrorCode, type MachineName } from '../protocol/codes.js';
import { REDIAL_FIRST_MS, REDIAL_LONGEST_MS } from '../protocol/limits.js';

export interface ScxmlData {
  /** Data and their first values. */
  readonly data: Readonly<Record<string, string>>;
  /** Conditions by the guard's name; `value` is the guard's parameter. */
  readonly conditions: Readonly<Record<string, (value: string) => string>>;
  /** What actions change: the data, and their new values. */
  readonly changes: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Times that vary, as the value of `delayexpr`. */
  readonly delays: Readonly<Record<string, string>>;
}

const isThisAttempt = '_event.data.token === token';
const noLinks = { link: 'null', isOwnLink: 'false', reserve: 'null' };

export const SCXML_DATA: Readonly<Record<MachineName, ScxmlData>> = {
  session: {
    data: { token: "''" },
    conditions: {
      isThisAttempt: () => isThisAttempt,
      isOtherAttempt: () => '_event.data.token !== token',
      isRejectedByApp: () => `${isThisAttempt} && _event.data.errorCode === ${ConnectErrorCode.PEER_APP_REJECTED}`,
    },
    changes: {
      beginAsInitiator: { token: '_event.data.token' },
      beginAsAcceptor: { token: '_event.data.token' },
    },
    delays: {},
  },
  peer: {
    data: { isOwnDialPreferred: 'true', ...noLinks, attempts: '0' },
    conditions: {
      isOwnDialAwaited: () => 'isOwnDialPreferred',
      isLinkPreferred: () => 'isOwnDialPreferred && isOwnLink',
      hasLasted: () => 'attempts === 0',
      hasReserve: () => 'reserve !== null',
      isLink: () => '_event.data.link === link',
      isReserve: () => '_event.data.link === reserve',
      isFinal: () => '_event.data.isFinal === true',
    },
    changes: {
      countAttempt: { attempts: 'attempts + 1' },
      startAfresh: { attempts: '0' },
      useOwn: { ...noLinks, link: '_event.data.link', isOwnLink: 'true' },
      useOffered: { ...noLinks, link: '_event.data.link' },
      useReserve: { link: 'reserve', isOwnLink: 'false', reserve: 'null' },
      holdOffered: { reserve: '_event.data.link' },
      forgetReserve: { reserve: 'null' },
      forgetLinks: noLinks,
    },
    delays: {
      redial: `Math.min(${REDIAL_FIRST_MS} * Math.pow(2, attempts - 1), ${REDIAL_LONGEST_MS}) + 'ms'`,
    },
  },
  radio: {
    data: {},
    conditions: { is: (state) => `_event.data.state === '${state}'` },
    changes: {},
    delays: {},
  },
};
