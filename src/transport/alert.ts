/** The last word of a side that refuses a handshake: one plain byte. Layout: docs/peer-protocol.md, "Secure records". */
import type { LinkEnd } from './transport.js';

/** Anyone in between can forge or drop an alert: it only says why the link ends, which it does anyway. */
const ALERTS: readonly (readonly [code: number, end: LinkEnd])[] = [
  [1, 'wrong-account'],
  [2, 'key-changed'],
  [3, 'no-common-version'],
];

/** Handshake messages and sealed records are all longer. */
export const ALERT_BYTES = 1;

/** Undefined: the other side needs no explanation. */
export function encodeAlert(refusal: LinkEnd): Uint8Array | undefined {
  const alert = ALERTS.find(([, end]) => end === refusal);
  return alert && Uint8Array.of(alert[0]);
}

/** An unknown code breaks the protocol. */
export function decodeAlert(bytes: Uint8Array): LinkEnd {
  const alert = ALERTS.find(([code]) => code === bytes[0]);
  return alert?.[1] ?? 'protocol-violation';
}
