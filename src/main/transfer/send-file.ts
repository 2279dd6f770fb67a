/** The sending half of a file's transfer. */
import { createHash } from 'node:crypto';
import { CommandError } from '../command-error.js';
import { inTime } from './in-time.js';
import { SessionEnded } from './session-ended.js';
import type { SessionEvent, SessionPort } from './session-port.js';
import { FILE_WINDOW_BYTES, type ReceiverWords, readReceiverWords, type SenderWords } from './words.js';

/** Sends of data that wait for their answer; each is a piece of the source. */
const MOST_UNDER_WAY = 16;

export interface FileSource {
  readonly name: string;
  /** Undefined for a stream, which ends when it ends. */
  readonly bytes: number | undefined;
  readonly chunks: AsyncIterable<Uint8Array>;
}

export interface SendFileOptions {
  /** The other side has written so many bytes; called with 0 once it is ready. */
  onProgress(bytes: number): void;
  /** Longest wait for the last word once all is delivered, in milliseconds; undefined: as long as the session lasts. */
  readonly waitMs: number | undefined;
  /** False: does not wait for the last word. */
  readonly isAwaited: boolean;
}

export interface SentFile {
  readonly bytes: number;
  readonly sha256: string;
}

/** Resolves when the other side keeps all of it. Rejects with CommandError when it says no, when the session ends, or when the source changed. */
export async function sendFile(port: SessionPort, source: FileSource, options: SendFileOptions): Promise<SentFile> {
  const ear = listen(port, options.onProgress);
  const say = (words: SenderWords): Promise<void> => port.sendText(JSON.stringify(words));
  const work = async (): Promise<SentFile> => {
    await say({ type: 'offer', name: source.name, bytes: source.bytes ?? null });
    await ear.until(({ isReady }) => isReady);
    options.onProgress(0);
    const sent = await pour(port, source, ear);
    await say({ type: 'end', ...sent });
    if (options.isAwaited) await lastWord(ear, options.waitMs);
    return sent;
  };
  return Promise.race([work(), ear.failed]);
}

/** Everything of the source, no further ahead than the other side can keep. */
async function pour(port: SessionPort, { bytes, chunks }: FileSource, ear: Ear): Promise<SentFile> {
  const hash = createHash('sha256');
  const underWay = new Set<Promise<void>>();
  let sent = 0;
  for await (const chunk of chunks) {
    hash.update(chunk);
    const piece = port.sendData(bufferOf(chunk)).finally(() => underWay.delete(piece));
    underWay.add(piece);
    // Whatever fails is thrown below; until then it is nobody's.
    piece.catch(() => {});
    sent += chunk.length;
    if (underWay.size >= MOST_UNDER_WAY) await Promise.race(underWay);
    await ear.until(({ written }) => sent - written <= FILE_WINDOW_BYTES);
  }
  await Promise.all(underWay);
  if (bytes !== undefined && bytes !== sent) throw new CommandError('The file changed while it was sent.');
  return { bytes: sent, sha256: hash.digest('hex') };
}

async function lastWord(ear: Ear, waitMs: number | undefined): Promise<void> {
  const kept = ear.until(({ isKept }) => isKept);
  if (waitMs === undefined) return kept;
  const late = (): CommandError =>
    new CommandError(`All was delivered, but within ${waitMs} ms nobody said that it is kept.`);
  await inTime(kept, waitMs, late);
}

interface Heard {
  readonly isReady: boolean;
  readonly isKept: boolean;
  readonly written: number;
}

interface Ear {
  /** Resolves once this is so. */
  until(isSo: (heard: Heard) => boolean): Promise<void>;
  /** Rejects when the other side says no, or goes. */
  readonly failed: Promise<never>;
}

/** Hears the other side while the file is sent. */
function listen(port: SessionPort, onProgress: (bytes: number) => void): Ear {
  let heard: Heard = { isReady: false, isKept: false, written: 0 };
  const waiting = new Set<() => void>();

  function take(words: ReceiverWords): void {
    if (words.type === 'refused') throw new CommandError(`The other side said no: ${words.reason}`);
    heard = {
      isReady: true,
      isKept: words.type === 'kept',
      written: words.type === 'ready' ? 0 : words.bytes,
    };
    if (words.type === 'have') onProgress(words.bytes);
    for (const look of waiting) look();
  }

  async function hear(): Promise<never> {
    while (!heard.isKept) take(wordsOf(await port.next()));
    // That was the last word: how the session ends does not matter any more.
    return new Promise(() => {});
  }

  return {
    failed: hear(),
    until: (isSo) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!isSo(heard)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}

/** Throws SessionEnded at the end of the session. */
function wordsOf(event: SessionEvent): ReceiverWords {
  if (event.type === 'end') throw new SessionEnded(event.reason);
  const words = event.type === 'text' ? readReceiverWords(event.text) : undefined;
  if (words !== undefined) return words;
  throw new CommandError('What answers there is not tandem receive.', {
    advice: ['--data sends the bytes to an app of any kind.'],
  });
}

/** A buffer of its own: the chunk may be a view into one that is used again. */
function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): ArrayBuffer {
  return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer; // what is read from files and pipes is not shared
}
