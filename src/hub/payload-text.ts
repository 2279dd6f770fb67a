import { BrokerError } from '../protocol/errors.js';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of a message's payload. Throws BrokerError `invalidParameter` where it is not UTF-8: another character would stand in its place. */
export function readPayloadText(payload: Buffer): string {
  try {
    return utf8.decode(payload);
  } catch (error) {
    throw new BrokerError('invalidParameter', 'The text must be UTF-8.', { cause: error });
  }
}
