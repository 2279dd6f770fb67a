import { BrokerError, ERRORS, type ErrorKind } from '../protocol/errors.js';
import type { RpcError } from '../protocol/rpc.js';

/** The failure that the gateway reports, as the same error that the broker threw there. */
export function brokerErrorOf({ message, data }: RpcError): BrokerError {
  if (data === undefined) return new BrokerError('internalError', message);
  const { kind, retryAfterMs } = data;
  return new BrokerError(kind, detailOf(kind, message), { retryAfterMs });
}

/** What a message says beyond the fixed words of its kind. */
export function detailOf(kind: ErrorKind, message: string): string {
  const fixed = ERRORS[kind].message;
  return message.startsWith(fixed) ? message.slice(fixed.length).trimStart() : message;
}
