/** What failures are called by MQTT: there are no frames here, no methods and no connections of clients. */
import { type BrokerError, ERRORS, type ErrorKind } from '../protocol/errors.js';

const WORDS: Partial<Record<ErrorKind, string>> = {
  parseError: 'The body is not JSON.',
  invalidRequest: 'This is not possible now.',
  methodNotFound: 'There is no such verb.',
  invalidParams: 'The body does not fit the verb.',
  internalError: 'The hub failed; its log says why.',
  tooManyInFlight: 'Too many requests wait for their outcome, or come in a short time.',
  rateLimited: 'This was asked for too often in a short time.',
};

/** The words of an error, in place of those that speak of the gateway. */
export function wordsOf({ kind, message }: BrokerError): string {
  const words = WORDS[kind];
  return words === undefined ? message : `${words}${message.slice(ERRORS[kind].message.length)}`;
}
