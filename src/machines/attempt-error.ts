/** What the peer's chart is told when a link could not be opened. */
import { ConnectErrorCode } from '../protocol/codes.js';

/** Why `open` failed. Final: a further dial would fail alike, and sessions that need the link learn `errorCode`. */
export class AttemptError extends Error {
  override readonly name = 'AttemptError';
  readonly isFinal: boolean;
  readonly errorCode: ConnectErrorCode;

  constructor(
    trouble: string,
    verdict: { readonly isFinal: boolean; readonly errorCode?: ConnectErrorCode },
    options?: ErrorOptions,
  ) {
    super(trouble, options);
    this.isFinal = verdict.isFinal;
    this.errorCode = verdict.errorCode ?? ConnectErrorCode.SYSTEM_INTERNAL_ERROR;
  }
}
