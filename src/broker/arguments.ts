/** Reads the arguments of the reference's calls: a typed value, or BrokerError 401 that says which argument was wrong and how. */
import { ConnectOptionParams, StartOptionParams } from '../protocol/codes.js';
import type { PeerInfo } from '../protocol/collaboration.js';
import { BrokerError } from '../protocol/errors.js';
import type { WireConnectOptions } from '../protocol/frame.js';
import { MAX_NAME_BYTES, MAX_PARAMETERS_BYTES, MAX_SERVICE_NAME_CHARACTERS } from '../protocol/limits.js';

/** A peer whose service is settled. */
export type FullPeerInfo = Required<PeerInfo>;

/** The original counts arguments exactly: reference-behaviour 4. */
export function expectCount(args: readonly unknown[], least: number, most = least): void {
  if (args.length < least || args.length > most) {
    const wanted = least === most ? `${least}` : `${least} to ${most}`;
    throw invalid(`Expected ${wanted} arguments, got ${args.length}.`);
  }
}

/** Doubles are truncated, as in the original. */
export function readSessionId(value: unknown): number {
  if (typeof value !== 'number') throw invalid('sessionId must be a number.');
  return Math.trunc(value);
}

/** A string shorter than MAX_NAME_BYTES of UTF-8. */
export function readName(value: unknown, name: string): string {
  if (typeof value !== 'string') throw invalid(`${name} must be a string.`);
  if (Buffer.byteLength(value) >= MAX_NAME_BYTES) throw invalid(`${name} must be below ${MAX_NAME_BYTES} bytes.`);
  return value;
}

/** As readName, and neither empty nor longer than `maxBytes`. */
export function readFilledName(value: unknown, name: string, maxBytes = MAX_NAME_BYTES): string {
  const text = readName(value, name);
  if (text === '') throw invalid(`${name} must not be empty.`);
  if (Buffer.byteLength(text) > maxBytes) throw invalid(`${name} must be at most ${maxBytes} bytes.`);
  return text;
}

export function readServiceName(value: unknown): string {
  const serviceName = readName(value, 'serviceName');
  // Code points, because the reference counts characters and an emoji is one.
  if (serviceName.length > MAX_SERVICE_NAME_CHARACTERS && [...serviceName].length > MAX_SERVICE_NAME_CHARACTERS) {
    throw invalid(`serviceName must be at most ${MAX_SERVICE_NAME_CHARACTERS} characters.`);
  }
  return serviceName;
}

/** Empty fields pass here: the original refuses them later, see expectComplete. */
export function readPeerInfo(value: unknown, serviceName: string): FullPeerInfo {
  const given = readObject(value, 'peerInfo');
  const own = 'serviceName' in given ? readName(given['serviceName'], 'peerInfo.serviceName') : '';
  return {
    deviceId: readName(given['deviceId'], 'peerInfo.deviceId'),
    bundleName: readName(given['bundleName'], 'peerInfo.bundleName'),
    moduleName: readName(given['moduleName'], 'peerInfo.moduleName'),
    abilityName: readName(given['abilityName'], 'peerInfo.abilityName'),
    serviceName: own === '' ? serviceName : own,
  };
}

export function expectComplete(peerInfo: FullPeerInfo): void {
  for (const [name, text] of Object.entries(peerInfo)) {
    if (text === '') throw invalid(`peerInfo.${name} must not be empty.`);
  }
}

export function readConnectOptions(value: unknown): WireConnectOptions {
  const given = readObject(value, 'connectOptions');
  return {
    needSendData: given['needSendData'] === true || readAlias(given['needSendBigData']) === true,
    needSendStream: given['needSendStream'] === true,
    needReceiveStream: given['needReceiveStream'] === true,
    startOptions: readStartOptions(given),
    parameters: readParameters(given['parameters']),
  };
}

let isAliasReported = false;

function readAlias(needSendBigData: unknown): unknown {
  if (needSendBigData !== undefined && !isAliasReported) {
    isAliasReported = true;
    process.emitWarning('needSendBigData is the older name of needSendData.', 'DeprecationWarning');
  }
  return needSendBigData;
}

function readStartOptions(given: Readonly<Record<string, unknown>>): StartOptionParams {
  if ('startOptions' in given && given['startOptions'] !== undefined) {
    const startOptions = given['startOptions'];
    if (startOptions === StartOptionParams.START_IN_FOREGROUND) return startOptions;
    if (startOptions === StartOptionParams.START_IN_BACKGROUND) return startOptions;
    throw invalid('connectOptions.startOptions must be 0 or 1.');
  }
  const older = given['options'];
  const isBackground =
    isObject(older) &&
    older[ConnectOptionParams.KEY_START_OPTION] === ConnectOptionParams.VALUE_START_OPTION_BACKGROUND;
  return isBackground ? StartOptionParams.START_IN_BACKGROUND : StartOptionParams.START_IN_FOREGROUND;
}

function readParameters(value: unknown): Readonly<Record<string, string>> {
  if (value === undefined) return {};
  const parameters: Record<string, string> = {};
  let bytes = 0;
  for (const [key, text] of Object.entries(readObject(value, 'connectOptions.parameters'))) {
    if (typeof text !== 'string') throw invalid('connectOptions.parameters must hold strings only.');
    bytes += Buffer.byteLength(key) + Buffer.byteLength(text);
    parameters[key] = text;
  }
  if (bytes > MAX_PARAMETERS_BYTES) {
    throw invalid(`connectOptions.parameters must be at most ${MAX_PARAMETERS_BYTES} bytes.`);
  }
  return parameters;
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

export function readFunction(value: unknown, name: string): (info: unknown) => void {
  if (typeof value !== 'function') throw invalid(`${name} must be a function.`);
  return value as (info: unknown) => void; // whatever the app's function takes, the broker hands it the event's info
}

export function invalid(detail: string): BrokerError {
  return new BrokerError('invalidParameter', detail);
}

function readObject(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (!isObject(value)) throw invalid(`${name} must be an object.`);
  return value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
