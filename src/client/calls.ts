/** The calls of one connection that wait for their answer. */

import { MAX_BINARY_REQUEST_ID } from '../protocol/data-frame.js';
import { BrokerError } from '../protocol/errors.js';
import type { RequestId, RpcError } from '../protocol/rpc.js';
import { brokerErrorOf } from './rpc-error.js';

export interface Calls {
  readonly count: number;
  /** `write` sends the call under the id it is given. `onResult` runs before any later frame is read. `Result` is what METHODS promises. */
  start<Result>(write: (id: number) => void, onResult?: (result: Result) => void): Promise<Result>;
  succeed(id: RequestId, result: unknown): void;
  fail(id: RequestId, error: RpcError): void;
  /** Fails all that wait: whether they were carried out, nobody here can know. */
  lose(why: BrokerError): void;
}

interface Waiting {
  succeed(result: unknown): void;
  fail(error: BrokerError): void;
}

export function createCalls(): Calls {
  const waiting = new Map<RequestId, Waiting>();
  let lastId = 0;

  function take(id: RequestId): Waiting | undefined {
    const call = waiting.get(id);
    waiting.delete(id);
    return call;
  }

  return {
    get count() {
      return waiting.size;
    },
    start: <Result>(write: (id: number) => void, onResult?: (result: Result) => void) =>
      new Promise<Result>((resolve, reject) => {
        // Data calls have 32 bits for the id; a call that waits that long does not exist.
        lastId = (lastId % MAX_BINARY_REQUEST_ID) + 1;
        write(lastId);
        waiting.set(lastId, {
          fail: reject,
          succeed(value) {
            const result = value as Result; // the gateway answers a method with its own result, and the id says which
            onResult?.(result);
            resolve(result);
          },
        });
      }),
    succeed: (id, result) => take(id)?.succeed(result),
    fail: (id, error) => take(id)?.fail(brokerErrorOf(error)),
    lose(why) {
      for (const { fail } of waiting.values()) fail(new BrokerError('connectionLost', '', { cause: why }));
      waiting.clear();
    },
  };
}
