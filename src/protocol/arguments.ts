/**
 * Reads the arguments of the reference's calls: a typed value, or BrokerError 401 that says which argument was wrong and how. The one place
 * for it: the broker reads by it what apps and gateway give, and the client what it is given, before it writes.
 */
import { ConnectOptionParams, StartOptionParams } from './codes.js';
import type { PeerInfo } from './collaboration.js';
import { BrokerError } from './errors.js';
import type { WireConnectOptions } from './frame.js';
import {
  MAX_MESSAGE_BYTES,
  MAX_NAME_BYTES,
  MAX_PARAMETERS_BYTES,
  MAX_REASON_BYTES,
  MAX_SERVICE_NAME_CHARACTERS,
} from './limits.js';
import { utf8Bytes } from './shape.js';

/** A peer whose service is settled. */
export type FullPeerInfo = Required<PeerInfo>;

/** What createAbilityConnectionSession is asked for. */
export interface SessionRequest {
  readonly serviceName: string;
  readonly peerInfo: FullPeerInfo;
  readonly options: WireConnectOptions;
}

/** The original counts arguments exactly: reference-behaviour 4. */
export function expectCount(args: readonly unknown[], least: number, most = least): void {
  if (args.length < least || args.length > most) {
    const wanted = least === most ? `${least}` : `${least} to ${most}`;
    throw invalid(`Expected ${wanted} arguments, got ${args.length}.`);
  }
}

/** As many arguments as readers, each read by its own. */
export function readAll<Values extends readonly unknown[]>(
  args: readonly unknown[],
  ...readers: { readonly [Index in keyof Values]: (value: unknown) => Values[Index] }
): Values {
  expectCount(args, readers.length);
  return readers.map((read, index) => read(args[index])) as unknown as Values; // one value a reader
}

/** Doubles are truncated, as in the original. */
export function readSessionId(value: unknown): number {
  if (typeof value !== 'number') throw invalid('sessionId must be a number.');
  return Math.trunc(value);
}

/** Text that arrives as it is: half of a surrogate pair has no UTF-8, and would become another character. */
function readText(value: unknown, name: string, maxBytes: number): string {
  if (typeof value !== 'string') throw invalid(`${name} must be a string.`);
  if (!value.isWellFormed()) throw invalid(`${name} must be well-formed: it has half of a surrogate pair.`);
  // No character has more than three bytes a code unit.
  if (3 * value.length > maxBytes && utf8Bytes(value) > maxBytes)
    throw invalid(`${name} must be at most ${maxBytes} bytes.`);
  return value;
}

/** A string shorter than MAX_NAME_BYTES of UTF-8. */
export function readName(value: unknown, name: string): string {
  return readText(value, name, MAX_NAME_BYTES - 1);
}

/** As readName, and neither empty nor longer than `maxBytes`. */
export function readFilledName(value: unknown, name: string, maxBytes = MAX_NAME_BYTES - 1): string {
  const text = readText(value, name, maxBytes);
  if (text === '') throw invalid(`${name} must not be empty.`);
  return text;
}

export function readToken(value: unknown): string {
  return readName(value, 'token');
}

export function readReason(value: unknown): string {
  return readText(value, 'reason', MAX_REASON_BYTES);
}

export function readMessage(value: unknown): string {
  return readText(value, 'msg', MAX_MESSAGE_BYTES);
}

/** Its session's serviceName, and the peer's, which is the same where both are given. */
export function readSessionRequest(serviceName: unknown, peerInfo: unknown, connectOptions: unknown): SessionRequest {
  const named = readServiceName(serviceName, 'serviceName');
  const peer = readSafely('peerInfo', () => readPeerInfo(peerInfo, named));
  const options = readSafely('connectOptions', () => readConnectOptions(connectOptions));
  if (named !== '' && peer.serviceName !== named)
    throw invalid('peerInfo.serviceName must be the same as serviceName.');
  for (const [name, text] of Object.entries(peer)) {
    if (text === '') throw invalid(`peerInfo.${name} must not be empty.`);
  }
  if (options.needSendStream && options.needReceiveStream) throw invalid('A stream goes one way only.');
  return { serviceName: peer.serviceName, peerInfo: peer, options };
}

function readServiceName(value: unknown, name: string): string {
  // Code points, because the reference counts characters and an emoji is one; more code units than twice as many need no count.
  const isTooLong =
    typeof value === 'string' &&
    value.length > MAX_SERVICE_NAME_CHARACTERS &&
    (value.length > 2 * MAX_SERVICE_NAME_CHARACTERS || [...value].length > MAX_SERVICE_NAME_CHARACTERS);
  if (isTooLong) throw invalid(`${name} must be at most ${MAX_SERVICE_NAME_CHARACTERS} characters.`);
  return readText(value, name, 4 * MAX_SERVICE_NAME_CHARACTERS);
}

/** Empty fields pass here: the original refuses them later. */
function readPeerInfo(value: unknown, serviceName: string): FullPeerInfo {
  const given = readRecord(value, 'peerInfo');
  const own = 'serviceName' in given ? readServiceName(given['serviceName'], 'peerInfo.serviceName') : '';
  return Object.freeze({
    deviceId: readName(given['deviceId'], 'peerInfo.deviceId'),
    bundleName: readName(given['bundleName'], 'peerInfo.bundleName'),
    moduleName: readName(given['moduleName'], 'peerInfo.moduleName'),
    abilityName: readName(given['abilityName'], 'peerInfo.abilityName'),
    serviceName: own === '' ? serviceName : own,
  });
}

function readConnectOptions(value: unknown): WireConnectOptions {
  const given = readRecord(value, 'connectOptions');
  const needSendData = readFlag(given, 'needSendData');
  return {
    // Either is enough: the reference's device B adds the older name to what came in the want.
    needSendData: readFlag(given, 'needSendBigData') || needSendData,
    needSendStream: readFlag(given, 'needSendStream'),
    needReceiveStream: readFlag(given, 'needReceiveStream'),
    startOptions: readStartOptions(given),
    parameters: readParameters(given['parameters']),
  };
}

function readFlag(given: Fields, name: string): boolean {
  const { [name]: value = false } = given;
  if (typeof value !== 'boolean') throw invalid(`connectOptions.${name} must be a boolean.`);
  return value;
}

/** The two ways to say it must say the same. */
function readStartOptions(given: Fields): StartOptionParams {
  const [now, older] = [given['startOptions'], readOlderStartOption(given['options'])];
  if (now === undefined) return older ?? StartOptionParams.START_IN_FOREGROUND;
  if (now !== StartOptionParams.START_IN_FOREGROUND && now !== StartOptionParams.START_IN_BACKGROUND) {
    throw invalid('connectOptions.startOptions must be 0 or 1.');
  }
  if (older !== undefined && older !== now)
    throw invalid('connectOptions.startOptions and options say different things.');
  return now;
}

function readOlderStartOption(options: unknown): StartOptionParams | undefined {
  if (options === undefined) return undefined;
  const { KEY_START_OPTION, VALUE_START_OPTION_FOREGROUND, VALUE_START_OPTION_BACKGROUND } = ConnectOptionParams;
  const value = readStrings(options, 'connectOptions.options')[KEY_START_OPTION];
  if (value === undefined) return undefined;
  if (value === VALUE_START_OPTION_BACKGROUND) return StartOptionParams.START_IN_BACKGROUND;
  if (value === VALUE_START_OPTION_FOREGROUND || value === MISSPELT_FOREGROUND)
    return StartOptionParams.START_IN_FOREGROUND;
  throw invalid(`connectOptions.options knows no start option ${JSON.stringify(value.slice(0, 64))}.`);
}

/** As the original's code has it. Source: reference-behaviour 1.3. */
const MISSPELT_FOREGROUND = 'ohos.collabrate.value.forefround';

function readParameters(value: unknown): Readonly<Record<string, string>> {
  if (value === undefined) return {};
  const parameters = readStrings(value, 'connectOptions.parameters');
  let bytes = 0;
  for (const [key, text] of Object.entries(parameters)) bytes += utf8Bytes(key) + utf8Bytes(text);
  if (bytes > MAX_PARAMETERS_BYTES) {
    throw invalid(`connectOptions.parameters must be at most ${MAX_PARAMETERS_BYTES} bytes.`);
  }
  return parameters;
}

/** Texts by name, whatever the names: __proto__ is one like any other. */
function readStrings(value: unknown, name: string): Readonly<Record<string, string>> {
  const given = Object.entries(readRecord(value, name));
  return Object.fromEntries(
    given.map(([key, text]) => [
      readText(key, `a name in ${name}`, Number.POSITIVE_INFINITY),
      readText(text, `${name}.${key.slice(0, 64)}`, Number.POSITIVE_INFINITY),
    ]),
  );
}

/** An object's getters and traps are the app's code and may throw anything; that is a wrong argument, too. */
export function readSafely<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof BrokerError) throw error;
    throw new BrokerError('invalidParameter', `${name} cannot be read.`, { cause: error });
  }
}

/** Which function is the caller's to know: what it takes and gives shows only when it is called. */
export function readFunction<F extends (value: never) => unknown>(value: unknown, name: string): F {
  if (typeof value !== 'function') throw invalid(`${name} must be a function.`);
  return value as F; // see above
}

export function invalid(detail: string): BrokerError {
  return new BrokerError('invalidParameter', detail);
}

type Fields = Readonly<Record<string, unknown>>;

/** Not lists, maps, dates and promises: their fields are not those that are meant, and would be silently none. */
function readRecord(value: unknown, name: string): Fields {
  if (Object.prototype.toString.call(value) !== '[object Object]') throw invalid(`${name} must be an object.`);
  return value as Fields; // see above
}
