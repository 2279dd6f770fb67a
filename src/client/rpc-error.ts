import { BrokerError, ERRORS } from '../protocol/errors.js';
import type { RpcError } from '../protocol/rpc.js';

/** The failure that the gateway reports, as the same error that the broker threw there. */
export function brokerErrorOf({ message, data }: RpcError): BrokerError {
  if (data === undefined) return new BrokerError('internalError', message);
  const { kind, retryAfterMs } = data;
  const fixed = ERRORS[kind].message;
  const detail = message.startsWith(fixed) ? message.slice(fixed.length).trimStart() : message;
  return new BrokerError(kind, detail, { retryAfterMs });
}
