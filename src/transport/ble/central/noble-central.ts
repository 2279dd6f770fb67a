/** The central half of a radio, on noble: whatever happens to its adapter, it comes back by itself. */
import { type Observable, Subject } from 'rxjs';
import type { RadioState } from '../../../protocol/codes.js';
import { DialError, type Link } from '../../transport.js';
import { keepRunning, type StackOptions } from '../keep-running.js';
import type { Heard } from '../radio.js';
import { type NobleRun, startNobleRun } from './noble-run.js';

/** See BleRadio for all of it. The streams complete with `close` and never fail. */
export interface Central {
  readonly state$: Observable<RadioState>;
  readonly heard$: Observable<Heard>;
  connect(address: string, options: { readonly signal: AbortSignal }): Promise<Link>;
  visit(address: string, card: Uint8Array, options: { readonly signal: AbortSignal }): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Never throws for want of an adapter: the state says so, and a log line. */
export function createCentral(options: StackOptions): Central {
  const heard = new Subject<Heard>();
  let isClosed = false;
  const half = keepRunning({
    ...options,
    role: 'central',
    start: (events) => startNobleRun({ ...options, ...events, onHeard: (device) => heard.next(device) }),
  });

  function running(): NobleRun {
    if (isClosed) throw new DialError('closed', 'the radio is closed');
    const run = half.run();
    if (run === undefined) throw new DialError('radio-off', 'the radio here does not work');
    return run;
  }

  return {
    state$: half.state$,
    heard$: heard.asObservable(),
    connect: async (address, { signal }) => running().connect(address, signal),
    visit: async (address, card, { signal }) => running().visit(address, card, signal),
    async close() {
      isClosed = true;
      await half.close();
      heard.complete();
    },
  };
}
