/** Carries out in the radio process what the broker's process orders, and tells it what the radio tells. */
import { unreachable } from '../../../protocol/unreachable.js';
import type { Clock } from '../../clock.js';
import { DialError, type Link } from '../../transport.js';
import type { BleRadio } from '../radio.js';
import type { FromRadio, LinkFacts, RadioOrder } from './radio-messages.js';
import type { Outbox } from './radio-outbox.js';
import { type ServedLink, serveLink } from './served-link.js';

export interface ServedRadio {
  obey(order: RadioOrder): void;
  /** Ends links and radio in order. */
  close(): Promise<void>;
}

/** Advertisements and cards that wait while the broker is busy; further ones are dropped: devices advertise and visit again. */
const MAX_WAITING_HEARD = 64;
const MAX_WAITING_CARDS = 8;

/** `onFailure`: the radio is beyond use. */
export function serveRadio(
  radio: BleRadio,
  outbox: Outbox<FromRadio>,
  { clock, onFailure }: { readonly clock: Clock; readonly onFailure: (error: unknown) => void },
): ServedRadio {
  const served: State = {
    radio,
    outbox,
    clock,
    links: new Map(),
    requests: new Map(),
    lastNumber: 0,
    onAllEnded: undefined,
  };
  radio.state$.subscribe({ next: (state) => outbox.put({ type: 'state', state }), error: onFailure });
  radio.heard$.subscribe({
    next: ({ address, rssi, hint }) => outbox.put({ type: 'heard', heard: { address, rssi, hint } }, MAX_WAITING_HEARD),
    error: onFailure,
  });
  radio.cards$.subscribe({ next: (card) => outbox.put({ type: 'card', card }, MAX_WAITING_CARDS), error: onFailure });
  radio.incoming$.subscribe({
    next: (link) => serve(served, link, (facts) => outbox.put({ type: 'incoming', link: facts })),
    error: onFailure,
  });
  return { obey: (order) => obey(served, order), close: () => close(served) };
}

interface State {
  readonly radio: BleRadio;
  readonly outbox: Outbox<FromRadio>;
  readonly clock: Clock;
  readonly links: Map<number, ServedLink>;
  readonly requests: Map<number, AbortController>;
  lastNumber: number;
  onAllEnded: (() => void) | undefined;
}

/** The link is told of before anything it brings. */
function serve(served: State, link: Link, tell: (facts: LinkFacts) => void): void {
  served.lastNumber += 1;
  const number = served.lastNumber;
  tell({ number, isDialler: link.isDialler, packetBytes: link.packetBytes });
  let isEnded = false;
  const onEnded = (): void => {
    isEnded = true;
    served.links.delete(number);
    if (served.links.size === 0) served.onAllEnded?.();
  };
  const servedLink = serveLink(link, number, served.outbox, { clock: served.clock, onEnded });
  if (!isEnded) served.links.set(number, servedLink);
}

/** What concerns a link that has ended, or a request that was answered, crossed its end on the way. */
function obey(served: State, order: RadioOrder): void {
  const { radio, outbox, links } = served;
  switch (order.type) {
    case 'advertise':
      return radio.advertise(order.advertisement);
    case 'connect':
      return request(
        served,
        order.request,
        (signal) => radio.connect(order.address, { signal }),
        (link) =>
          serve(served, link, (facts) => outbox.put({ type: 'connected', request: order.request, link: facts })),
      );
    case 'visit':
      return request(
        served,
        order.request,
        (signal) => radio.visit(order.address, order.card, { signal }),
        (card) => outbox.put({ type: 'visited', request: order.request, card }),
      );
    case 'abort':
      return served.requests.get(order.request)?.abort();
    case 'packets':
      return links.get(order.link)?.write(order.packets);
    case 'end':
      return links.get(order.link)?.end(order.end);
    default:
      return unreachable(order);
  }
}

/** What is not a DialError is a defect, and ends the process as any other. */
function request<Result>(
  { requests, outbox }: State,
  number: number,
  ask: (signal: AbortSignal) => Promise<Result>,
  tell: (result: Result) => void,
): void {
  const controller = new AbortController();
  requests.set(number, controller);
  void answer();

  async function answer(): Promise<void> {
    try {
      tell(await ask(controller.signal));
    } catch (error) {
      if (!(error instanceof DialError)) throw error;
      outbox.put({ type: 'refused', request: number, failure: error.failure, detail: error.message });
    } finally {
      requests.delete(number);
    }
  }
}

async function close(served: State): Promise<void> {
  for (const controller of served.requests.values()) controller.abort();
  if (served.links.size > 0) {
    const ended = new Promise<void>((resolve) => {
      served.onAllEnded = resolve;
    });
    for (const link of [...served.links.values()]) link.end('closed-here');
    await ended;
  }
  await served.radio.close();
}
