/** The JSON of a request's body. */
import { BrokerError } from '../../protocol/errors.js';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Throws BrokerError `parseError`. Fastify's own parser would put another character in the place of what is not UTF-8, and take no name `__proto__`. */
export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(body));
  } catch (error) {
    const detail = error instanceof SyntaxError ? 'The body must be JSON.' : 'The body must be UTF-8.';
    throw new BrokerError('parseError', detail, { cause: error });
  }
}
