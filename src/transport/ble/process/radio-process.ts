/** A BLE radio in a process of its own: noble and bleno can block for seconds, and lose packets when anything else does. */
import { BehaviorSubject, Subject } from 'rxjs';
import type { RadioState } from '../../../protocol/codes.js';
import { unreachable } from '../../../protocol/unreachable.js';
import { type Clock, systemClock } from '../../clock.js';
import { DialError, type Link } from '../../transport.js';
import type { Advertisement, BleRadio, Heard } from '../radio.js';
import type { RadioOptions } from '../radio-options.js';
import { keepRadioProcess, type RadioKeeper } from './radio-keeper.js';
import type { LinkFacts, RadioNews } from './radio-messages.js';
import { RADIO_PROGRAM } from './radio-program.js';
import { createRemoteLink, type RemoteLink } from './remote-link.js';
import { createRemoteRequests, type RemoteRequests } from './remote-requests.js';

export interface RadioProcessSurroundings {
  /** Lines for whoever runs the program: what the radio lacks, and when its process is started again. */
  readonly log: (line: string) => void;
  /** Times restarts and silence. Default: systemClock. */
  readonly clock?: Clock;
  /** The program of the process. Default: RADIO_PROGRAM. */
  readonly entry?: URL;
}

/**
 * Starts the process, and starts it again whenever it ends: links end with 'lost', requests reject with 'radio-off', and the radio is
 * 'resetting' until it is back; then the last advertisement and scanning go on. Without a radio it is 'unsupported' or 'unauthorized', and is
 * looked for again and again.
 */
export function createRadioProcess(options: RadioOptions, around: RadioProcessSurroundings): BleRadio {
  const { log, clock = systemClock, entry = RADIO_PROGRAM } = around;
  const keeper = keepRadioProcess({
    entry,
    radio: options,
    clock,
    log,
    onRestart: () => showAgain(desk),
    onNews: (news) => receive(desk, news),
    onUnable: (state) => setState(desk, state),
    onEnd: () => endAll(desk),
  });
  const desk = createDesk(keeper);
  return {
    hasCentral: options.central !== undefined,
    hasPeripheral: options.peripheral !== undefined,
    state$: desk.state.asObservable(),
    heard$: desk.heard.asObservable(),
    incoming$: desk.incoming.asObservable(),
    cards$: desk.cards.asObservable(),
    advertise(advertisement) {
      desk.advertisement = advertisement;
      showAgain(desk);
    },
    connect: (address, { signal }) =>
      ask(desk, desk.connects, signal, (request) => keeper.put({ type: 'connect', request, address })),
    visit: (address, card, { signal }) =>
      ask(desk, desk.visits, signal, (request) => keeper.put({ type: 'visit', request, address, card })),
    close: () => close(desk),
  };
}

interface Desk {
  readonly keeper: RadioKeeper;
  readonly state: BehaviorSubject<RadioState>;
  readonly heard: Subject<Heard>;
  readonly incoming: Subject<Link>;
  readonly cards: Subject<Uint8Array>;
  /** Of the process that runs now, by its numbers. */
  readonly links: Map<number, RemoteLink>;
  readonly connects: RemoteRequests<Link>;
  readonly visits: RemoteRequests<Uint8Array>;
  advertisement: Advertisement | undefined;
  isClosed: boolean;
}

function createDesk(keeper: RadioKeeper): Desk {
  let lastRequest = 0;
  const nextNumber = (): number => {
    lastRequest += 1;
    return lastRequest;
  };
  return {
    keeper,
    state: new BehaviorSubject<RadioState>('unknown'),
    heard: new Subject(),
    incoming: new Subject(),
    cards: new Subject(),
    links: new Map(),
    connects: createRemoteRequests(nextNumber),
    visits: createRemoteRequests(nextNumber),
    advertisement: undefined,
    isClosed: false,
  };
}

function showAgain({ keeper, advertisement }: Desk): void {
  if (advertisement !== undefined) keeper.put({ type: 'advertise', advertisement });
}

async function ask<Result>(
  { keeper, isClosed }: Desk,
  requests: RemoteRequests<Result>,
  signal: AbortSignal,
  send: (request: number) => void,
): Promise<Result> {
  if (isClosed) throw new DialError('closed', 'the radio is closed');
  if (!keeper.isRunning()) throw new DialError('radio-off', 'the radio process is being started again');
  return requests.ask(signal, { send, abort: (request) => keeper.put({ type: 'abort', request }) });
}

function receive(desk: Desk, news: RadioNews): void {
  switch (news.type) {
    case 'state':
      return setState(desk, news.state);
    case 'heard':
      return desk.heard.next(news.heard);
    case 'card':
      return desk.cards.next(news.card);
    case 'incoming':
      return desk.incoming.next(openLink(desk, news.link));
    case 'connected': {
      const link = openLink(desk, news.link);
      if (!desk.connects.resolve(news.request, link)) link.close();
      return;
    }
    case 'visited':
      return void desk.visits.resolve(news.request, news.card);
    case 'refused':
      desk.connects.reject(news.request, news.failure, news.detail);
      return desk.visits.reject(news.request, news.failure, news.detail);
    case 'packets':
      return desk.links.get(news.link)?.receive(news.packets);
    case 'room':
      return desk.links.get(news.link)?.giveRoom(news.packets);
    case 'ended':
      return desk.links.get(news.link)?.end(news.end);
    default:
      return unreachable(news);
  }
}

/** A radio that has just been started does not know yet: what was known before says more. */
function setState({ state }: Desk, next: RadioState): void {
  if (next !== state.value && next !== 'unknown') state.next(next);
}

function openLink({ links, keeper }: Desk, facts: LinkFacts): Link {
  const { number } = facts;
  const remote = createRemoteLink(facts, {
    putPacket: (packet) => keeper.putPacket(number, packet),
    close: (end) => keeper.put({ type: 'end', link: number, end }),
  });
  links.set(number, remote);
  remote.link.ended$.subscribe(() => links.delete(number));
  return remote.link;
}

/** Links first: a radio that is off would otherwise be taken for the reason. */
function endAll(desk: Desk): void {
  for (const link of [...desk.links.values()]) link.end('lost');
  for (const requests of [desk.connects, desk.visits]) requests.rejectAll('radio-off', 'the radio process ended');
  if (desk.state.value === 'unsupported' || desk.state.value === 'unauthorized') return;
  setState(desk, 'resetting');
}

async function close(desk: Desk): Promise<void> {
  if (!desk.isClosed) {
    desk.isClosed = true;
    for (const { link } of [...desk.links.values()]) link.close();
    for (const requests of [desk.connects, desk.visits]) requests.rejectAll('closed', 'the radio is closed');
    for (const stream of [desk.state, desk.heard, desk.incoming, desk.cards]) stream.complete();
  }
  await desk.keeper.close();
}
