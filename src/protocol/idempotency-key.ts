/** The name that a client gives to a call, so that the gateway recognises its repetition. */
import { MAX_IDEMPOTENCY_KEY_CHARACTERS } from './limits.js';

/** Printable ASCII without spaces: it has as many bytes as characters, and nothing in it needs escaping in a log. */
export const IDEMPOTENCY_KEY_PATTERN = `^[!-~]{1,${MAX_IDEMPOTENCY_KEY_CHARACTERS}}$`;

const pattern = new RegExp(IDEMPOTENCY_KEY_PATTERN);

export function isIdempotencyKey(text: string): boolean {
  return pattern.test(text);
}
