/** One run of bleno over one socket, from its start until it fails or is stopped: states, advertising, and the one central it serves. */
import type { Subscription } from 'rxjs';
import { RADIO_STATES, type RadioState } from '../../../protocol/codes.js';
import { unreachable } from '../../../protocol/unreachable.js';
import type { Link } from '../../transport.js';
import { DisconnectCode, disconnectCommand, linkEndFor } from '../disconnecting.js';
import { type HciFact, type HciWatch, watchHci } from '../hci-watch.js';
import type { StackOptions } from '../keep-running.js';
import { loadBleno } from '../load-stacks.js';
import type { Advertisement } from '../radio.js';
import type { Bleno } from '../stacks.js';
import { ADVERTISING_DATA, scanResponseData } from './advertisement-data.js';
import { offerService } from './gatt-server.js';
import { initBleno, mendBleno } from './mend-bleno.js';
import { createPeripheralConnection, type PeripheralConnection } from './peripheral-connection.js';

export interface BlenoRunOptions extends StackOptions {
  /** What to show now, if anything. */
  readonly advertisement: () => Advertisement | undefined;
  readonly onState: (state: RadioState) => void;
  readonly onLink: (link: Link) => void;
  readonly onCard: (card: Uint8Array) => void;
  /** The socket has failed: nothing follows. */
  readonly onFailure: (error: Error) => void;
}

export interface BlenoRun {
  /** The advertisement is another one. */
  advertise(): void;
  /** Ends connection and advertising as far as they can be ended; resolves when nothing is left running. */
  stop(): Promise<void>;
}

/** An adapter that cannot advertise now, because it has no room for another link, is asked again after this long. */
const ADVERTISE_RETRY_MS = 5_000;
/** How long a central may take to hear that it is disconnected: as long as packets linger, and a few connection intervals. */
const STOP_TIMEOUT_MS = 1_000;
/** L2CAP and ATT headers of a notification, in bytes. Source: Core Specification, volume 3, part A, section 3.1, and part F, section 3.4.7.1. */
const NOTIFICATION_HEADER_BYTES = 4 + 3;
const noCard = new Uint8Array(0);

/** Throws what the package throws when it cannot be loaded, and what the socket throws when there is no adapter or no permission. */
export function startBleno(options: BlenoRunOptions): BlenoRun {
  const watch = watchHci(options.Socket, options.adapter);
  const bleno = loadBleno(watch.Socket);
  const run: Run = {
    options,
    watch,
    bleno,
    facts: watch.facts$.subscribe((fact) => onFact(run, fact)),
    poll: mendBleno(bleno, {
      clock: options.clock,
      onConnect: (handle) => onConnect(run, handle),
      onDisconnect: (handle, reason) => onDisconnect(run, handle, reason),
      onNonsense: (why) => run.connection?.breakOff(why),
    }),
    handle: undefined,
    connection: undefined,
    isOn: false,
    isStopping: false,
    timer: undefined,
    onFree: undefined,
  };
  offerService(bleno, () => run.connection);
  bleno.on('accept', () => bleno.stopAdvertising());
  bleno.on('mtuChange', (mtu: number) => run.connection?.mtuChanged(mtu));
  bleno.on('advertisingStartError', (error: Error) => advertiseLater(run, error));
  try {
    initBleno(bleno, options.channel, (state) => onState(run, state));
  } catch (error) {
    release(run);
    throw error;
  }
  return { advertise: () => advertise(run), stop: () => stop(run) };
}

interface Run {
  readonly options: BlenoRunOptions;
  readonly watch: HciWatch;
  readonly bleno: Bleno;
  readonly facts: Subscription;
  readonly poll: { stop(): void };
  /** Of the central that is served. */
  handle: number | undefined;
  connection: PeripheralConnection | undefined;
  isOn: boolean;
  isStopping: boolean;
  timer: unknown;
  /** Set while `stop` waits for the central to go. */
  onFree: (() => void) | undefined;
}

function onState(run: Run, said: string): void {
  const state = RADIO_STATES.find((known) => known === said) ?? 'unknown';
  run.isOn = state === 'poweredOn';
  if (!run.isOn) forget(run)?.ended('radio-off');
  run.options.onState(state);
  advertise(run);
}

/** Never while a central is connected: a second one would get everything that belongs to the first. Source: ble.md 6.2. */
function advertise(run: Run): void {
  run.options.clock.clearTimeout(run.timer);
  const advertisement = run.options.advertisement();
  if (!run.isOn || run.isStopping || run.connection !== undefined || advertisement === undefined) return;
  run.bleno.startAdvertisingWithEIRData(ADVERTISING_DATA, scanResponseData(advertisement.hint));
}

function advertiseLater(run: Run, error: Error): void {
  const { clock, log } = run.options;
  log(`the peripheral adapter does not advertise now: ${error.message}`);
  clock.clearTimeout(run.timer);
  run.timer = clock.setTimeout(() => advertise(run), ADVERTISE_RETRY_MS);
}

function onConnect(run: Run, handle: number): boolean {
  const { clock, log, onCard, onLink } = run.options;
  if (run.connection !== undefined) {
    log('a second central connected while one is served: it is turned away');
    run.watch.command(disconnectCommand(handle, DisconnectCode.remoteLowResources));
    return false;
  }
  run.handle = handle;
  run.connection = createPeripheralConnection({
    clock,
    share: () => run.watch.buffers().packets,
    buffersFor: (bytes) => Math.ceil((bytes + NOTIFICATION_HEADER_BYTES) / run.watch.buffers().bytes),
    card: () => run.options.advertisement()?.card ?? noCard,
    onLink,
    onCard,
    disconnect(why) {
      if (why !== undefined) log(`a central is disconnected: ${why}`);
      run.watch.command(disconnectCommand(handle, DisconnectCode.remoteUserEnded));
    },
  });
  return true;
}

function onDisconnect(run: Run, handle: number, reason: number): void {
  if (handle === run.handle) forget(run)?.ended(linkEndFor(reason));
}

/** Whatever bleno does for the connection after this is for nobody. */
function forget(run: Run): PeripheralConnection | undefined {
  const { connection } = run;
  run.connection = undefined;
  run.handle = undefined;
  return connection;
}

function onFact(run: Run, fact: HciFact): void {
  switch (fact.type) {
    case 'connected':
      return;
    case 'disconnected':
      // bleno does not tell when it has lost count of its connections.
      onDisconnect(run, fact.handle, fact.reason);
      advertise(run);
      return run.connection === undefined ? run.onFree?.() : undefined;
    case 'completed':
      return fact.handle === run.handle ? run.connection?.completed(fact.count) : undefined;
    case 'was-reset':
      return onReset(run);
    case 'failed':
      return onFailed(run, fact.error);
    default:
      return unreachable(fact);
  }
}

/** Another program has reset the adapter: connections and advertising are gone without a word. */
function onReset(run: Run): void {
  forget(run)?.ended('lost');
  if (!run.isOn) return;
  run.bleno._bindings._hci.setAdvertisingParameters();
  advertise(run);
}

/** A raw socket also fails to write to an adapter that is off: that is not its end, and the poll tells it. */
function onFailed(run: Run, error: Error): void {
  if (run.options.channel === 'raw' && 'code' in error && error.code === 'ENETDOWN') return;
  run.isOn = false;
  forget(run)?.ended('radio-off');
  run.onFree?.();
  run.options.onFailure(error);
}

async function stop(run: Run): Promise<void> {
  const { clock } = run.options;
  run.isStopping = true;
  clock.clearTimeout(run.timer);
  if (run.isOn) run.bleno.stopAdvertising();
  if (run.connection !== undefined) {
    await new Promise<void>((resolve) => {
      const limit = clock.setTimeout(resolve, STOP_TIMEOUT_MS);
      run.onFree = () => {
        clock.clearTimeout(limit);
        resolve();
      };
      run.connection?.close();
    });
  }
  release(run);
}

function release(run: Run): void {
  forget(run)?.ended('closed-here');
  run.isOn = false;
  run.poll.stop();
  run.options.clock.clearTimeout(run.timer);
  run.facts.unsubscribe();
  run.bleno.removeAllListeners();
  run.watch.close();
}
