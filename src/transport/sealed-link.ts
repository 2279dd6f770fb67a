/** Opens a sealed link: handshake, confirmation, then frames. What is said when: docs/peer-protocol.md, "Secure records". */
import { merge, take } from 'rxjs';
import { MAX_HANDSHAKE_BYTES, MAX_RECORD_BYTES, REFUSAL_LINGER_MS } from '../protocol/limits.js';
import { unreachable } from '../protocol/unreachable.js';
import { ALERT_BYTES, decodeAlert, encodeAlert } from './alert.js';
import type { Clock } from './clock.js';
import type { FrameLink } from './frame-link.js';
import { HandshakeError } from './handshake-error.js';
import { createRecordLink, type RecordLink } from './record-link.js';
import { createSealedFrames, type SealedFrames } from './sealed-frames.js';
import { createSealer } from './sealer.js';
import { createHandshake, type Established, type Handshake, type HandshakeTerms } from './secure.js';
import type { Link } from './transport.js';

export interface SealedLinkTerms extends HandshakeTerms {
  readonly clock: Clock;
}

/** Resolves once both sides have admitted each other; rejects with HandshakeError, and leaves it to the caller to end the link. */
export function openSealedLink(link: Link, terms: SealedLinkTerms): Promise<FrameLink> {
  return new Promise((resolve, reject) => {
    const { clock } = terms;
    // The next piece of data is cut when the last one has gone to the radio: whatever waits here, no text overtakes.
    const records = createRecordLink(link, { clock, maxRecordBytes: MAX_HANDSHAKE_BYTES, queueBytes: 1 });
    const opening: Opening = {
      link,
      clock,
      records,
      handshake: createHandshake(link.isDialler, terms),
      phase: link.isDialler ? 'shaking' : 'waiting',
      frames: undefined,
      resolve,
      reject,
    };
    records.records$.subscribe((record) => receive(opening, record));
    records.ended$.subscribe((end) => {
      opening.handshake.wipe();
      reject(opening.refusal ?? new HandshakeError(end, 'the link ended'));
    });
    if (link.isDialler) records.write(opening.handshake.start());
  });
}

interface Opening {
  readonly link: Link;
  readonly clock: Clock;
  readonly records: RecordLink;
  readonly handshake: Handshake;
  /** Waiting: for the first message. Shaking: for a later one. Confirming: for the first sealed record. */
  phase: 'waiting' | 'shaking' | 'confirming' | 'open' | 'refused';
  /** Once there are keys. */
  frames: SealedFrames | undefined;
  /** Once this side has refused. */
  refusal?: HandshakeError;
  readonly resolve: (link: FrameLink) => void;
  readonly reject: (error: HandshakeError) => void;
}

function receive(opening: Opening, record: Uint8Array): void {
  const { phase, frames } = opening;
  switch (phase) {
    case 'waiting':
      shake(opening, record);
      return;
    case 'shaking':
      if (record.length === ALERT_BYTES) takeAlert(opening, record);
      else shake(opening, record);
      return;
    case 'confirming':
      if (record.length === ALERT_BYTES) takeAlert(opening, record);
      else open(opening, record);
      return;
    case 'open':
      frames?.receive(record);
      return;
    case 'refused':
      return;
    default:
      unreachable(phase);
  }
}

function takeAlert(opening: Opening, alert: Uint8Array): void {
  opening.phase = 'refused';
  opening.reject(new HandshakeError(decodeAlert(alert), 'says the other side, unproved'));
}

function shake(opening: Opening, message: Uint8Array): void {
  try {
    const { reply, established } = opening.handshake.receive(message);
    opening.phase = 'shaking';
    if (reply !== undefined) opening.records.write(reply);
    if (established !== undefined) confirm(opening, established);
  } catch (error) {
    refuse(opening, error instanceof HandshakeError ? error : internalFailure(error));
  }
}

/** The first sealed record tells the dialler that its last message was read and its hello was in order. */
function confirm(opening: Opening, { remote, sendKey, receiveKey }: Established): void {
  const { link, clock, records } = opening;
  const { deviceId, deviceName, epoch } = remote;
  records.setMaxRecordBytes(MAX_RECORD_BYTES);
  opening.frames = createSealedFrames({
    records,
    sealer: createSealer(sendKey, receiveKey),
    remote: { deviceId, deviceName, epoch },
    isDialler: link.isDialler,
    packetBytes: link.packetBytes,
    clock,
  });
  opening.phase = link.isDialler ? 'confirming' : 'open';
  if (link.isDialler) return;
  opening.frames.link.write([{ type: 'pong', session: 0 }]);
  opening.resolve(opening.frames.link);
}

/** A record that does not open ends the link, which has rejected before `resolve` is called. */
function open(opening: Opening, record: Uint8Array): void {
  opening.phase = 'open';
  opening.frames?.receive(record);
  if (opening.frames !== undefined) opening.resolve(opening.frames.link);
}

/** Says why, where that helps, and stays until it was heard or REFUSAL_LINGER_MS have passed: a radio that is closed drops its queue. */
function refuse(opening: Opening, refusal: HandshakeError): void {
  const { records, clock } = opening;
  opening.phase = 'refused';
  opening.refusal = refusal;
  opening.handshake.wipe();
  const alert = encodeAlert(refusal.end);
  if (alert === undefined) {
    opening.reject(refusal);
    return;
  }
  const timer = clock.setTimeout(() => opening.reject(refusal), REFUSAL_LINGER_MS);
  merge(records.idle$, records.ended$)
    .pipe(take(1))
    .subscribe(() => {
      clock.clearTimeout(timer);
      opening.reject(refusal);
    });
  records.write(alert);
}

function internalFailure(cause: unknown): HandshakeError {
  return new HandshakeError('closed-here', 'the handshake failed here', { cause });
}
