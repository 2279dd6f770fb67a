/** Opens and ends connections through noble, and leaves nothing behind in it. */
import type { Clock } from '../../clock.js';
import { DialError, type DialFailure, type LinkEnd } from '../../transport.js';
import { DisconnectCode, disconnectCommand } from '../disconnecting.js';
import { SERVICE_UUID } from '../gatt.js';
import type { HciWatch } from '../hci-watch.js';
import type { ConnectionParameters, Noble, NoblePeripheral } from '../stacks.js';
import type { Attempt } from './connect-queue.js';
import type { Connection, Connections } from './connections.js';
import { callNoble } from './noble-call.js';
import type { Scanner } from './scan.js';

/** What the central half consists of. */
export interface CentralParts {
  readonly noble: Noble;
  readonly watch: HciWatch;
  readonly connections: Connections;
  readonly scanner: Scanner;
  readonly clock: Clock;
  readonly log: (line: string) => void;
}

export interface OpenConnection {
  readonly connection: Connection;
  readonly peripheral: NoblePeripheral;
}

/**
 * 7.5 to 15 ms: the shortest that BLE has, for goodput and latency, and room for controllers that serve many links, or phones, which refuse
 * less than 15 ms. Supervision 2 s instead of noble's 420 ms: long enough to ride out interference and a controller that is busy elsewhere,
 * short enough that sessions notice before their own silence limit. Source: Core Specification, volume 6, part B, section 4.5.2; Apple's
 * Accessory Design Guidelines, "Connection Parameters", ask for 2 s to 6 s.
 */
const CONNECTION: ConnectionParameters = { minInterval: 6, maxInterval: 12, latency: 0, timeout: 200 };

/** A device that advertises is caught within a second; one that has a central already, or has gone, never is. */
const CONNECT_TIMEOUT_MS = 4_000;
/** How often a connection that could not be established is tried. */
const MAX_TRIES = 3;
/** The peer may say earlier than this controller that the connection before is over: by a few connection intervals. */
const GONE_TIMEOUT_MS = 1_000;
/** Controllers answer at once. */
const CANCEL_TIMEOUT_MS = 1_000;
/** Longer than the supervision timeout: until then the controller tries to tell the peer. */
const DISCONNECT_TIMEOUT_MS = 5_000;

/** Rejects with DialError; then nothing is left open once what the attempt holds is over. When the connection ends later, the attempt is aborted. */
export async function openConnection(parts: CentralParts, address: string, attempt: Attempt): Promise<OpenConnection> {
  const { connections, scanner, clock } = parts;
  const isRandom = scanner.isRandomAddress(address);
  if (isRandom === undefined) throw new DialError('not-in-range', `${address} was not heard`);
  const before = connections.find(address);
  if (before !== undefined && !(await isInTime(clock, before.gone, GONE_TIMEOUT_MS))) {
    throw new DialError('busy', `${address} is connected already`);
  }
  scanner.pause();
  const peripheral = await establish(parts, address, isRandom, attempt);
  scanner.resume();
  const connection = connections.find(address);
  if (connection === undefined) throw new DialError('not-in-range', `${address} was lost at once`);
  connection.ended$.subscribe((end) => attempt.abort(dialErrorFor(end)));
  return { connection, peripheral };
}

/** Tries again when the peer answered and was not heard any more: that happens on a crowded air, and at once. */
async function establish(
  parts: CentralParts,
  address: string,
  isRandom: boolean,
  attempt: Attempt,
): Promise<NoblePeripheral> {
  const { noble, clock } = parts;
  for (let triesLeft = MAX_TRIES; ; ) {
    const peripheral = introduce(noble, address, isRandom);
    const answer = connect(peripheral);
    try {
      const call = { clock, signal: attempt.signal, what: 'to connect', timeoutMs: CONNECT_TIMEOUT_MS };
      await callNoble<void>(call, (settle) => void answer.then((error) => settle(error, undefined)));
      return peripheral;
    } catch (error) {
      triesLeft -= 1;
      if (triesLeft > 0 && isNotEstablished(error)) continue;
      attempt.hold(giveUp(parts, address, peripheral.id, answer));
      throw error;
    }
  }
}

/** noble puts the status into its words. Source: Core Specification, volume 1, part F, section 2.59. */
function isNotEstablished(error: unknown): boolean {
  return error instanceof DialError && error.message.includes('(0x3e)');
}

/** The peer sees 'closed-there'. Resolves when the controller has let the connection go. */
export async function closeConnection(parts: CentralParts, connection: Connection): Promise<void> {
  const { watch, connections, clock, log } = parts;
  if (connections.find(connection.address) !== connection) return;
  watch.command(disconnectCommand(connection.handle, DisconnectCode.remoteUserEnded));
  const timer = clock.setTimeout(() => {
    log(`the controller does not end the connection to ${connection.address}`);
    letGo(parts, connection, 'lost');
  }, DISCONNECT_TIMEOUT_MS);
  await connection.gone;
  clock.clearTimeout(timer);
}

/** For connections of which the controller says no more. noble would go on counting their buffers. */
export function letGo({ noble, connections }: CentralParts, { handle }: Connection, end: LinkEnd): void {
  noble._bindings._hci.onSocketData(disconnectionComplete(handle));
  connections.drop(handle, end);
}

/** noble knows a device only while it is connected: it would keep every address it ever met, and listeners of earlier connections. */
export function forget(noble: Noble, address: string): void {
  const id = idOf(address);
  const { _bindings: bindings } = noble;
  for (const known of [noble._peripherals, noble._services, noble._characteristics, noble._descriptors])
    delete known[id];
  for (const known of [bindings._addresses, bindings._addresseTypes, bindings._connectable, bindings.scannable]) {
    delete known[id];
  }
  delete noble._discoveredPeripheralUUids[id];
}

/** As if noble had discovered it: it connects to nothing else. */
function introduce(noble: Noble, address: string, isRandom: boolean): NoblePeripheral {
  const advertisement = { serviceUuids: [SERVICE_UUID] };
  noble._bindings.onDiscover(0, address, isRandom ? 'random' : 'public', true, advertisement, 0, true);
  const peripheral = noble._peripherals[idOf(address)];
  if (peripheral === undefined) throw new DialError('busy', `noble does not take ${address}`);
  return peripheral;
}

function idOf(address: string): string {
  return address.replaceAll(':', '');
}

/** Resolves with the error. */
function connect(peripheral: NoblePeripheral): Promise<Error | undefined> {
  return new Promise((resolve) => peripheral.connect(CONNECTION, (error) => resolve(error ?? undefined)));
}

/** The connection may come about before the controller hears of the cancel. */
async function giveUp(
  parts: CentralParts,
  address: string,
  id: string,
  answer: Promise<Error | undefined>,
): Promise<void> {
  const { noble, connections, scanner, clock, log } = parts;
  if (noble._bindings._pendingConnectionUuid === id && noble.state === 'poweredOn') {
    noble.cancelConnect(id);
    const hasAnswered = await isInTime(clock, answer, CANCEL_TIMEOUT_MS);
    if (!hasAnswered) log(`the controller does not stop connecting to ${address}`);
  }
  if (noble._bindings._pendingConnectionUuid === id) noble._bindings._pendingConnectionUuid = null;
  const connection = connections.find(address);
  if (connection === undefined) forget(noble, address);
  else await closeConnection(parts, connection);
  scanner.resume();
}

function isInTime(clock: Clock, answer: Promise<unknown>, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = clock.setTimeout(() => resolve(false), timeoutMs);
    void answer.then(() => {
      clock.clearTimeout(timer);
      resolve(true);
    });
  });
}

/** Disconnection Complete as an H4 packet. Source: Core Specification, volume 4, part E, section 7.7.5. */
function disconnectionComplete(handle: number): Buffer {
  return Buffer.from([0x04, 0x05, 4, 0, handle & 0xff, handle >> 8, DisconnectCode.localHostEnded]);
}

function dialErrorFor(end: LinkEnd): DialError {
  return new DialError(failureFor(end), `the connection ended: ${end}`);
}

function failureFor(end: LinkEnd): DialFailure {
  if (end === 'radio-off' || end === 'peer-radio-off') return end;
  return end === 'closed-there' ? 'busy' : 'not-in-range';
}
