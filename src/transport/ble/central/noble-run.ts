/** One life of noble on its adapter: from the start of the stack to its end, or to a failure of its socket. */
import { RADIO_STATES, type RadioState } from '../../../protocol/codes.js';
import { DialError, type DialFailure, type Link } from '../../transport.js';
import { type HciFact, watchHci } from '../hci-watch.js';
import type { StackOptions } from '../keep-running.js';
import type { Heard } from '../radio.js';
import { type Attempt, type ConnectQueue, createConnectQueue } from './connect-queue.js';
import { createConnections } from './connections.js';
import { exchangeCards, openLink } from './gatt-client.js';
import { askForSpeed } from './link-speed.js';
import { type CentralParts, closeConnection, forget, letGo, openConnection } from './noble-connect.js';
import { startNoble, stopNoble } from './noble-stack.js';
import { createScanner } from './scan.js';

export interface NobleRunOptions extends StackOptions {
  readonly onState: (state: RadioState) => void;
  readonly onHeard: (heard: Heard) => void;
  /** The socket is of no use any more; links have ended. */
  readonly onFailure: (error: Error) => void;
}

export interface NobleRun {
  /** See BleRadio. */
  connect(address: string, signal: AbortSignal): Promise<Link>;
  visit(address: string, card: Uint8Array, signal: AbortSignal): Promise<Uint8Array>;
  /** Links are 'closed-here'. */
  stop(): Promise<void>;
}

/** Throws what the package throws: see startNoble. */
export function startNobleRun(options: NobleRunOptions): NobleRun {
  const run = assemble(options);
  run.parts.scanner.heard$.subscribe(options.onHeard);
  run.parts.noble.on('stateChange', (state: string) => onState(run, state));
  if (run.parts.noble.state !== 'unknown') onState(run, run.parts.noble.state);
  return {
    connect: (address, signal) => connect(run, address, signal),
    visit: (address, card, signal) => visit(run, address, card, signal),
    stop: () => stop(run),
  };
}

interface Run {
  readonly options: NobleRunOptions;
  readonly parts: CentralParts;
  readonly queue: ConnectQueue;
  readonly links: Set<Link>;
  /** The address that a connection is expected of. */
  dialling: string | undefined;
  /** Addresses that a connection may still come of, though nobody waits for it any more, and why not: the last MAX_GIVEN_UP. */
  readonly givenUp: Map<string, DialFailure | undefined>;
}

/** The controller opens one connection at a time: more than a few are never late. */
const MAX_GIVEN_UP = 16;

/** What the controller says while the stack starts is heard when all is there. */
function assemble(options: NobleRunOptions): Run {
  const { Socket, adapter, channel, clock, log } = options;
  const watch = watchHci(Socket, adapter);
  const scanner = createScanner(clock);
  const early: HciFact[] = [];
  let hear = (fact: HciFact): void => void early.push(fact);
  watch.facts$.subscribe((fact) => hear(fact));
  try {
    const noble = startNoble({
      watch,
      channel,
      log,
      onReports: scanner.reports,
      onViolation: (handle, what) => onViolation(run, handle, what),
    });
    const connections = createConnections(({ address }) => forget(noble, address));
    const parts = { noble, watch, connections, scanner, clock, log };
    const run: Run = {
      options,
      parts,
      queue: createConnectQueue(),
      links: new Set(),
      dialling: undefined,
      givenUp: new Map(),
    };
    hear = (fact) => onFact(run, fact);
    for (const fact of early) hear(fact);
    return run;
  } catch (error) {
    watch.close();
    throw error;
  }
}

function onState(run: Run, name: string): void {
  const state = RADIO_STATES.find((known) => known === name) ?? 'unknown';
  if (state !== 'poweredOn') ground(run);
  run.options.onState(state);
  if (state === 'poweredOn') run.parts.scanner.start(run.parts.noble);
}

function onFact(run: Run, fact: HciFact): void {
  const { connections, noble, scanner } = run.parts;
  if (isOfOthers(run, fact)) return;
  connections.tell(fact);
  switch (fact.type) {
    case 'was-reset':
      // In the user channel noble does not ask by itself, and would wait for its buffers for ever. Source: ble.md 6.1.
      noble._bindings._hci.readLeBufferSize();
      ground(run);
      scanner.start(noble);
      return;
    case 'connected':
      if (run.givenUp.delete(fact.address)) refuse(run, fact.address);
      return;
    case 'failed':
      return onFailed(run, fact.error);
    default:
      return;
  }
}

/** On the raw channel, the connection of another program, such as BlueZ: left alone. */
function isOfOthers({ dialling, givenUp }: Run, fact: HciFact): boolean {
  if (fact.type !== 'connected') return false;
  return !fact.isCentral || (fact.address !== dialling && !givenUp.has(fact.address));
}

/** A raw socket also fails to write to an adapter that is off: that is not its end, and noble's poll tells it. */
function onFailed(run: Run, error: Error): void {
  if (run.options.channel === 'raw' && 'code' in error && error.code === 'ENETDOWN') return;
  ground(run);
  run.options.onFailure(error);
}

/** The radio is off, was reset or is gone: the controller says no more of what was open, and noble would wait for it. */
function ground({ queue, parts }: Run): void {
  const { connections, scanner } = parts;
  scanner.stop();
  queue.abort(new DialError('radio-off', 'the radio here is off'));
  for (const connection of connections.all()) letGo(parts, connection, 'radio-off');
}

/** A connection that nobody waits for any more: the cancel came too late. */
function refuse({ parts }: Run, address: string): void {
  const connection = parts.connections.find(address);
  if (connection !== undefined) void closeConnection(parts, connection);
}

function onViolation({ parts }: Run, handle: number, what: string): void {
  const connection = parts.connections.all().find((each) => each.handle === handle);
  if (connection === undefined || !parts.connections.end(handle, 'protocol-violation')) return;
  parts.log(`${connection.address} breaks the rules of its protocol and is disconnected: ${what}`);
  void closeConnection(parts, connection);
}

function connect(run: Run, address: string, signal: AbortSignal): Promise<Link> {
  // Devices that are heard and cannot be reached would use up the time that dials of the others have.
  const isPatient = (): boolean => run.givenUp.get(address) === 'not-in-range';
  return inTurn(run, { address, signal, isPatient }, async (attempt) => {
    const open = await openConnection(run.parts, address, attempt);
    askForSpeed(run.parts.watch, open.connection.handle);
    try {
      const link = await openLink(run.parts, open, attempt);
      run.links.add(link);
      link.ended$.subscribe(() => run.links.delete(link));
      return link;
    } catch (error) {
      attempt.hold(closeConnection(run.parts, open.connection));
      throw error;
    }
  });
}

function visit(run: Run, address: string, card: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
  return inTurn(run, { address, signal, isPatient: () => true }, async (attempt) => {
    const open = await openConnection(run.parts, address, attempt);
    try {
      return await exchangeCards(run.parts, open, attempt, card);
    } finally {
      attempt.hold(closeConnection(run.parts, open.connection));
    }
  });
}

interface TurnOptions {
  readonly address: string;
  readonly signal: AbortSignal;
  /** See ConnectQueue. */
  readonly isPatient: () => boolean;
}

function inTurn<Result>(
  run: Run,
  { address, signal, isPatient }: TurnOptions,
  work: (attempt: Attempt) => Promise<Result>,
): Promise<Result> {
  const workInTurn = async (attempt: Attempt): Promise<Result> => {
    if (run.parts.noble.state !== 'poweredOn') throw new DialError('radio-off', 'the radio here is off');
    run.dialling = address;
    run.givenUp.delete(address);
    try {
      return await work(attempt);
    } catch (error) {
      giveUp(run.givenUp, address, error);
      throw error;
    } finally {
      run.dialling = undefined;
    }
  };
  return run.queue.run(signal, workInTurn, isPatient);
}

function giveUp(givenUp: Run['givenUp'], address: string, error: unknown): void {
  givenUp.set(address, error instanceof DialError ? error.failure : undefined);
  const [oldest] = givenUp.keys();
  if (givenUp.size > MAX_GIVEN_UP && oldest !== undefined) givenUp.delete(oldest);
}

async function stop({ queue, links, parts }: Run): Promise<void> {
  queue.abort(new DialError('closed', 'the radio is closed'));
  for (const link of links) link.close('closed-here');
  await queue.idle();
  await Promise.all(parts.connections.all().map(({ gone }) => gone));
  parts.scanner.close();
  stopNoble(parts.noble);
  parts.watch.close();
}
