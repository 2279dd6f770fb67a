/** What `tandem send --file` and `tandem receive` say to each other, one JSON text each; the file's bytes go between as data. See docs/cli.md. */
import type { AppName } from '../../protocol/collaboration.js';
import { isObject, leafOf, objectOf, type Shape, textOf } from '../../protocol/shape.js';

/** Bundle of the apps that commands are: that of the token which `tandem start` makes for them. */
export const CLI_BUNDLE = 'tandem.cli';
/** How senders address a receiver: the app that `tandem receive` is. */
export const RECEIVE_APP: AppName = { bundleName: CLI_BUNDLE, moduleName: 'entry', abilityName: 'Receive' };
export const FILE_SERVICE = 'tandem.files';

/** Bytes that a sender may be ahead of what the receiver has written: both keep no more in memory. */
export const FILE_WINDOW_BYTES = 4 * 1_024 * 1_024;

const MAX_REASON_BYTES = 512;
/** Longest name of a file, in UTF-8 bytes. Source: NAME_MAX of Linux. */
export const MAX_FILE_NAME_BYTES = 255;

/** The sender's words. */
export type SenderWords =
  /** First. Without `bytes` nobody knows yet how long it is. */
  | { readonly type: 'offer'; readonly name: string; readonly bytes: number | null }
  /** After the last byte. */
  | { readonly type: 'end'; readonly bytes: number; readonly sha256: string };

/** The receiver's words. */
export type ReceiverWords =
  /** The bytes may come. */
  | { readonly type: 'ready' }
  /** No, or not any more. */
  | { readonly type: 'refused'; readonly reason: string }
  /** So many are written. */
  | { readonly type: 'have'; readonly bytes: number }
  /** All of it is where it belongs. */
  | { readonly type: 'kept'; readonly bytes: number };

const bytes = leafOf((value): value is number => Number.isSafeInteger(value) && Number(value) >= 0);
const bytesIfKnown = leafOf((value): value is number | null => value === null || bytes.isValid(value));
const sha256 = leafOf((value): value is string => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value));

const SENDER: Shapes<SenderWords> = {
  offer: objectOf({ type: is('offer'), name: textOf(0, MAX_FILE_NAME_BYTES), bytes: bytesIfKnown }),
  end: objectOf({ type: is('end'), bytes, sha256 }),
};

const RECEIVER: Shapes<ReceiverWords> = {
  ready: objectOf({ type: is('ready') }),
  refused: objectOf({ type: is('refused'), reason: textOf(0, MAX_REASON_BYTES) }),
  have: objectOf({ type: is('have'), bytes }),
  kept: objectOf({ type: is('kept'), bytes }),
};

/** Undefined for anything else: another app is at the other end, or a later version. */
export function readSenderWords(text: string): SenderWords | undefined {
  return read(text, SENDER);
}

export function readReceiverWords(text: string): ReceiverWords | undefined {
  return read(text, RECEIVER);
}

/** A reason that fits its text, whatever it quotes. */
export function refused(reason: string): ReceiverWords {
  const fitting = [...reason].slice(0, MAX_REASON_BYTES / 4).join('');
  return { type: 'refused', reason: fitting };
}

type Shapes<Words extends { readonly type: string }> = {
  readonly [Type in Words['type']]: Shape<Extract<Words, { readonly type: Type }>>;
};

function is<Type extends string>(type: Type): Shape<Type> {
  return leafOf((value): value is Type => value === type);
}

function read<Words extends { readonly type: string }>(text: string, shapes: Shapes<Words>): Words | undefined {
  const value = parse(text);
  if (!isObject(value) || typeof value['type'] !== 'string' || !Object.hasOwn(shapes, value['type'])) return undefined;
  const shape = shapes[value['type'] as Words['type']]; // an own field of the table
  return shape.isValid(value) ? value : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
