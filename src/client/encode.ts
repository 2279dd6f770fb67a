/** What the app gives a call, as it goes on the wire: written once, because the app may change it while the call waits or is repeated. */
import { BrokerError } from '../protocol/errors.js';

/** Throws BrokerError `invalidParameter` for what JSON cannot say: a BigInt, a circle, an object whose own code throws. */
export function encodeParams(method: string, params: unknown = {}): string {
  if (typeof method !== 'string') throw new BrokerError('invalidParameter', 'method must be a text.');
  try {
    const text: string | undefined = JSON.stringify(params);
    if (text !== undefined) return text;
  } catch (error) {
    const [reason = ''] = String(error instanceof Error ? error.message : error).split('\n', 1);
    throw new BrokerError('invalidParameter', `${method}: this cannot be written as JSON: ${reason}.`, {
      cause: error,
    });
  }
  throw new BrokerError('invalidParameter', `${method}: this cannot be written as JSON: a ${typeof params}.`);
}
