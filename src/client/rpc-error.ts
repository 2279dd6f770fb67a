import { BrokerError, ERRORS } from '../protocol/errors.js';
import type { RpcError } from '../protocol/rpc.js';

/** The failure that the gateway reports, as the same error that the broker threw there. */
export function brokerErrorOf({ message, data }: RpcError): BrokerError {
  if (data === undefined) return new BrokerError('internalError', message);
  const fixed = ERRORS[data.kind].message;
  return new BrokerError(data.kind, message.startsWith(fixed) ? message.slice(fixed.length).trimStart() : message);
}
