/** Why an attempt at a link failed, for the peer's chart and for people. */
import { AttemptError } from '../machines/peer.js';
import { ConnectErrorCode } from '../protocol/codes.js';
import { LinkOpenError } from '../transport/open-frame-link.js';
import { DialError, type DialFailure, type LinkEnd } from '../transport/transport.js';

/** From what LinkOpener.dial rejects with. Throws everything else again. */
export function attemptError(error: unknown): AttemptError {
  if (error instanceof DialError) {
    const errorCode = DIAL_ERROR_CODES[error.failure];
    return new AttemptError(error.message, { isFinal: false, ...(errorCode && { errorCode }) }, { cause: error });
  }
  if (error instanceof LinkOpenError) {
    return new AttemptError(describeEnd(error.end), { isFinal: FINAL_ENDS.has(error.end) }, { cause: error });
  }
  throw error;
}

/** What kind of failure it was, for the diagnosis; undefined when it is none of a link. */
export function failureOf(error: unknown): DialFailure | LinkEnd | undefined {
  if (error instanceof DialError) return error.failure;
  return error instanceof LinkOpenError ? error.end : undefined;
}

/** Why a link ended, for people. */
export function describeEnd(end: LinkEnd): string {
  return END_TEXTS[end];
}

const DIAL_ERROR_CODES: Partial<Record<DialError['failure'], ConnectErrorCode>> = {
  'radio-off': ConnectErrorCode.LOCAL_WIFI_NOT_OPEN,
  'peer-radio-off': ConnectErrorCode.PEER_WIFI_NOT_OPEN,
};

/** A further dial would end alike. */
const FINAL_ENDS: ReadonlySet<LinkEnd> = new Set(['wrong-account', 'key-changed', 'no-common-version']);

const END_TEXTS: Record<LinkEnd, string> = {
  'closed-here': 'the link was closed here',
  'closed-there': 'the peer closed the link',
  lost: 'the peer went out of range',
  'radio-off': 'the radio here is off',
  'peer-radio-off': 'the radio of the peer is off',
  silent: 'the peer fell silent',
  'protocol-violation': 'the peer broke the protocol',
  'wrong-account': 'the peer does not share the account',
  'key-changed': 'the peer has another key than before',
  'record-not-authentic': 'a record was altered on its way',
  'no-common-version': 'the peer speaks no version in common',
  'handshake-timeout': 'the peer did not finish the handshake',
  duplicate: 'another link to the peer was kept',
  'key-exhausted': 'the link was used up',
};
