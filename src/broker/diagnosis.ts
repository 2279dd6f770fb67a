/** Why an attempt failed or a connection ended, in a sentence that says what to do. docs/diagnosis.md has the same table. */
import { CANCELLED, GIVEN_UP_THERE, NO_ANSWER } from '../machines/session.js';
import { ConnectErrorCode, DisconnectReason } from '../protocol/codes.js';
import { GONE_AFTER_MS } from '../protocol/limits.js';
import { unreachable } from '../protocol/unreachable.js';
import type { DialFailure, LinkEnd } from '../transport/transport.js';
import { OWN_DEVICE, TOO_MANY_REQUESTS, TOO_MUCH_UNHEARD } from './reasons.js';

/** Everything a diagnosis is made of, as it was at that moment. */
export interface Facts {
  /** Of the other device and its app, for people. */
  readonly device: string;
  readonly app: string;
  readonly role: 'initiator' | 'acceptor';
  /** Of an attempt that failed; undefined when a connection ended. */
  readonly errorCode: ConnectErrorCode | undefined;
  /** Words to `errorCode`. */
  readonly reason: string;
  /** Of a connection that did not end here. */
  readonly disconnectReason: DisconnectReason | undefined;
  readonly isLinked: boolean;
  /** Why the last link during this attempt or connection was lost, for people; undefined when there was none, or it is still there. */
  readonly loss: string | undefined;
  /** Why the last dial failed. */
  readonly failure: DialFailure | LinkEnd | undefined;
  /** Whether this device cannot dial that one, only ask to be dialled. */
  readonly isAsking: boolean;
  /** How long ago the device was last heard, and how well; undefined: never. */
  readonly heard: { readonly agoMs: number; readonly rssi?: number } | undefined;
  /** The id of a device whose name was taken for the id of the peer. */
  readonly namesake: string | undefined;
}

/** {device}, {app}, {reason}, {loss}, {heard} and {namesake} are filled in. */
export const DIAGNOSES = {
  radioOff: 'The radio here is off. Switch it on.',
  radioUnusable: 'The radio here cannot be used: {reason}. Ask `tandem doctor`.',
  radioOffThere: 'The radio of {device} is off. Switch it on there.',
  sessionExists: 'These two apps have a session of this service: {reason}. Use that one, or end it first.',
  sessionExistsThere:
    '{device} has a session of these apps and service, or asked for one at the same moment. Accept its request, or end that session.',
  rejected: 'The app on {device} said no: {reason}.',
  rejectedSilently: 'The app on {device} said no and gave no reason.',
  notRegistered: '{app} is not registered with onCollaborate on {device}. Start it there.',
  tooManyRequests: '{device} has too many requests waiting. Connect less often, and again in 10 s.',
  failedThere: 'The app on {device} failed: {reason}.',
  cancelled: 'The app here gave up before {device} answered.',
  givenUpThere: '{device} gave the attempt up. Connect again.',
  ownDevice: 'The peer is this device. Choose another one.',
  tooMuchUnheard:
    'The app here does not listen to what earlier connections of the session brought. Listen to receiveMessage and receiveData, or create another session.',
  wrongAccount: '{device} does not share the account. Give both devices the same one: `tandem account`.',
  keyChanged:
    '{device} has another key than before. If it was set up anew, remove it from pinned-keys.json here; if not, somebody poses as it.',
  noCommonVersion: '{device} speaks no version of the protocol in common. Update the older of the two.',
  nameNotId: '"{device}" is the name of {namesake}. Connect to that id.',
  notInRange: '{device} is not in range: {heard}. Bring it nearer, and see that Tandem runs there.',
  fellSilent:
    '{device} fell silent, {heard}. It went out of range, or serves another device and can hold one link only. Try again when it is free.',
  notDialled:
    '{device} was asked for a link, which this device cannot open, and did not come: {heard}. See that Tandem runs there and is in range.',
  linkLost:
    'The link to {device} was lost before its app answered, and did not come back: {loss}. Bring it nearer, and connect again.',
  linkFailed:
    '{device} was reached, but no link came about: {loss}. Connect again, and start Tandem anew there if that does not help.',
  nobodyAnswered: '{device} is linked, but {app} said neither yes nor no in 10 s. See what it does in onCollaborate.',
  notConfirmed: '{device} asked and did not confirm in 10 s. It may have given up.',
  endedHere: 'The app here ended the session.',
  endedThere: 'The app on {device} ended the session.',
  appGone: 'The app on {device} went away, or Tandem was started anew there. Connect again when it is back.',
  linkGone: 'The link to {device} was lost and did not come back within 30 s: {loss}. Last word of its radio: {heard}.',
  sessionGone: '{device} does not have the session any more. Connect again.',
  unknown: 'It failed: {reason}.',
} as const;
export type Cause = keyof typeof DIAGNOSES;

/** The sentence for these facts. */
export function diagnose(facts: Facts): string {
  return fill(DIAGNOSES[causeOf(facts)], facts);
}

/** Which row of the table it is. */
export function causeOf(facts: Facts): Cause {
  const { errorCode, reason } = facts;
  switch (errorCode) {
    case undefined:
      return causeOfEnd(facts);
    case ConnectErrorCode.LOCAL_WIFI_NOT_OPEN:
      return reason.endsWith('unsupported') || reason.endsWith('unauthorized') ? 'radioUnusable' : 'radioOff';
    case ConnectErrorCode.PEER_WIFI_NOT_OPEN:
      return 'radioOffThere';
    case ConnectErrorCode.CONNECTED_SESSION_EXISTS:
      return reason.startsWith('session ') ? 'sessionExists' : 'sessionExistsThere';
    case ConnectErrorCode.PEER_APP_REJECTED:
      return reason === '' ? 'rejectedSilently' : 'rejected';
    case ConnectErrorCode.PEER_ABILITY_NO_ONCOLLABORATE:
      return 'notRegistered';
    case ConnectErrorCode.SYSTEM_INTERNAL_ERROR:
      return CAUSE_OF_REASON[reason] ?? causeOfFailure(facts);
    default:
      return unreachable(errorCode);
  }
}

function causeOfEnd({ disconnectReason, loss, isLinked }: Facts): Cause {
  switch (disconnectReason) {
    case undefined:
      return 'endedHere';
    case DisconnectReason.PEER_APP_CLOSE_COLLABORATION:
      return 'endedThere';
    case DisconnectReason.PEER_APP_EXIT:
      return 'appGone';
    case DisconnectReason.NETWORK_DISCONNECTED:
      return isLinked || loss === undefined ? 'sessionGone' : 'linkGone';
    default:
      return unreachable(disconnectReason);
  }
}

const CAUSE_OF_REASON: Readonly<Record<string, Cause>> = {
  [CANCELLED]: 'cancelled',
  [GIVEN_UP_THERE]: 'givenUpThere',
  [OWN_DEVICE]: 'ownDevice',
  [TOO_MUCH_UNHEARD]: 'tooMuchUnheard',
  [TOO_MANY_REQUESTS]: 'tooManyRequests',
};

/** The attempt had no answer, or the link was refused, or the app over there failed. */
function causeOfFailure({ role, reason, failure, isLinked, loss, isAsking, heard, namesake }: Facts): Cause {
  const final = isLinked || failure === undefined ? undefined : CAUSE_OF_FAILURE[failure];
  if (final !== undefined) return final;
  if (reason !== NO_ANSWER) return failure === undefined || isLinked ? 'failedThere' : 'unknown';
  if (isLinked) return role === 'initiator' ? 'nobodyAnswered' : 'notConfirmed';
  if (loss !== undefined) return 'linkLost';
  if (heard === undefined && namesake !== undefined) return 'nameNotId';
  if (isAsking) return 'notDialled';
  if (failure !== undefined && !NOT_REACHED.has(failure)) return 'linkFailed';
  return heard !== undefined && heard.agoMs < 2 * GONE_AFTER_MS ? 'fellSilent' : 'notInRange';
}

const CAUSE_OF_FAILURE: Partial<Record<DialFailure | LinkEnd, Cause>> = {
  'wrong-account': 'wrongAccount',
  'key-changed': 'keyChanged',
  'no-common-version': 'noCommonVersion',
};

const NOT_REACHED: ReadonlySet<DialFailure | LinkEnd> = new Set(['not-in-range', 'unanswered', 'aborted', 'closed']);

function fill(template: string, facts: Facts): string {
  const { device, app, reason, loss = 'it was reached and lost', heard, namesake = '' } = facts;
  const words: Readonly<Record<string, string>> = { device, app, reason, loss, heard: heardText(heard), namesake };
  return template.replace(/\{(\w+)\}(\.?)/g, (_, name: string, stop: string) => {
    const word = words[name] ?? '';
    // A reason may be a sentence already.
    return /[.!?]$/.test(word) ? word : word + stop;
  });
}

function heardText(heard: Facts['heard']): string {
  if (heard === undefined) return 'it was never heard';
  const signal = heard.rssi === undefined ? '' : ` at ${Math.round(heard.rssi)} dBm`;
  return `it was last heard ${Math.round(heard.agoMs / 1_000)} s ago${signal}`;
}
