/** Why a handshake cannot go on. */
import type { LinkEnd } from './transport.js';

/** Thrown by whoever finds out; `end` is what the link then ends with. The words never hold a secret. */
export class HandshakeError extends Error {
  override readonly name = 'HandshakeError';
  readonly end: LinkEnd;

  constructor(end: LinkEnd, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.end = end;
  }
}
