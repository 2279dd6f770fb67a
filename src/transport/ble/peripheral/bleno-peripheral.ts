/** The peripheral half of a radio, on bleno: whatever happens to its adapter, it comes back by itself. */
import { type Observable, Subject } from 'rxjs';
import type { RadioState } from '../../../protocol/codes.js';
import type { Link } from '../../transport.js';
import { HINT_BYTES, MAX_CARD_BYTES } from '../gatt.js';
import { keepRunning, type StackOptions } from '../keep-running.js';
import type { Advertisement } from '../radio.js';
import { startBleno } from './bleno-run.js';

/** See BleRadio for all of it. The streams complete with `close` and never fail. */
export interface Peripheral {
  readonly state$: Observable<RadioState>;
  readonly incoming$: Observable<Link>;
  readonly cards$: Observable<Uint8Array>;
  /** Throws RangeError when hint or card have lengths that do not fit. */
  advertise(advertisement: Advertisement): void;
  close(): Promise<void>;
}

/** Never throws for want of an adapter: the state says so, and a log line. */
export function createPeripheral(options: StackOptions): Peripheral {
  const incoming = new Subject<Link>();
  const cards = new Subject<Uint8Array>();
  let advertisement: Advertisement | undefined;
  const half = keepRunning({
    ...options,
    role: 'peripheral',
    start: (events) =>
      startBleno({
        ...options,
        ...events,
        advertisement: () => advertisement,
        onLink: (link) => take(incoming, link),
        onCard: (card) => cards.next(card),
      }),
  });
  return {
    state$: half.state$,
    incoming$: incoming.asObservable(),
    cards$: cards.asObservable(),
    advertise(shown) {
      check(shown);
      advertisement = shown;
      half.run()?.advertise();
    },
    async close() {
      await half.close();
      incoming.complete();
      cards.complete();
    },
  };
}

function check({ hint, card }: Advertisement): void {
  if (hint.length !== HINT_BYTES) throw new RangeError(`a hint has ${HINT_BYTES} bytes, not ${hint.length}`);
  if (card.length > MAX_CARD_BYTES) {
    throw new RangeError(`a card has at most ${MAX_CARD_BYTES} bytes, not ${card.length}`);
  }
}

/** Without anyone to serve it, a link would only keep other centrals out. */
function take(incoming: Subject<Link>, link: Link): void {
  if (incoming.observed) incoming.next(link);
  else link.close();
}
