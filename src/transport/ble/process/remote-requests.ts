/** Questions to the radio process that have not been answered. */
import { DialError, type DialFailure } from '../../transport.js';

export interface RemoteRequests<Result> {
  /** `send` is called at once, `abort` when the signal comes before the answer. Rejects with DialError. */
  ask(signal: AbortSignal, port: RequestPort): Promise<Result>;
  /** False: nobody waits for this answer any more. */
  resolve(request: number, result: Result): boolean;
  reject(request: number, failure: DialFailure, detail: string): void;
  rejectAll(failure: DialFailure, detail: string): void;
}

export interface RequestPort {
  send(request: number): void;
  abort(request: number): void;
}

/** `nextNumber`: no two requests to one process share a number. */
export function createRemoteRequests<Result>(nextNumber: () => number): RemoteRequests<Result> {
  const waiting = new Map<number, Waiting<Result>>();

  function take(request: number): Waiting<Result> | undefined {
    const found = waiting.get(request);
    waiting.delete(request);
    found?.release();
    return found;
  }

  function reject(request: number, failure: DialFailure, detail: string): void {
    take(request)?.reject(new DialError(failure, detail));
  }

  return {
    ask(signal, { send, abort }) {
      if (signal.aborted) return Promise.reject(new DialError('aborted', 'given up before it began'));
      const request = nextNumber();
      return new Promise((resolve, refuse) => {
        const onAbort = (): void => {
          abort(request);
          reject(request, 'aborted', 'given up');
        };
        signal.addEventListener('abort', onAbort, { once: true });
        const release = (): void => signal.removeEventListener('abort', onAbort);
        waiting.set(request, { resolve, reject: refuse, release });
        send(request);
      });
    },
    resolve(request, result) {
      const found = take(request);
      found?.resolve(result);
      return found !== undefined;
    },
    reject,
    rejectAll(failure, detail) {
      for (const request of [...waiting.keys()]) reject(request, failure, detail);
    },
  };
}

interface Waiting<Result> {
  readonly resolve: (result: Result) => void;
  readonly reject: (error: DialError) => void;
  /** Listens to the signal no longer. */
  readonly release: () => void;
}
