/** The receiving half of a file's transfer. */
import { createHash } from 'node:crypto';
import { CommandError, reasonOf } from '../command-error.js';
import { SessionEnded } from './session-ended.js';
import type { SessionPort } from './session-port.js';
import { type ReceiverWords, readSenderWords, refused, type SenderWords } from './words.js';

export type Offer = Extract<SenderWords, { readonly type: 'offer' }>;
type End = Extract<SenderWords, { readonly type: 'end' }>;

/** Where the bytes go. */
export interface FileSink {
  /** What to call it when it is there. */
  readonly place: string;
  write(chunk: Uint8Array): Promise<void>;
  /** Everything is written and was checked: makes it last. */
  keep(): Promise<void>;
  /** Leaves nothing behind. */
  abandon(): Promise<void>;
}

export interface ReceiveFileOptions {
  /** Decides whether and where to keep it. What it throws is the reason why not, which the sender is told. */
  open(offer: Offer): Promise<FileSink>;
  onProgress(offer: Offer, bytes: number): void;
}

export interface ReceivedFile {
  readonly name: string;
  readonly place: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Resolves when all of it is kept. Rejects with why it is not; then nothing of it is left, and the sender knows. */
export async function receiveFile(port: SessionPort, options: ReceiveFileOptions): Promise<ReceivedFile> {
  const say = (words: ReceiverWords): Promise<void> => port.sendText(JSON.stringify(words));
  let sink: FileSink | undefined;
  try {
    const offer = await hearOffer(port);
    sink = await options.open(offer);
    await say({ type: 'ready' });
    const received = await take(port, offer, sink, (bytes) => options.onProgress(offer, bytes));
    await sink.keep();
    // A sender that does not wait for it may be gone.
    await say({ type: 'kept', bytes: received.bytes }).catch(() => {});
    return { ...received, name: offer.name, place: sink.place };
  } catch (error) {
    await sink?.abandon();
    if (!(error instanceof SessionEnded)) await say(refused(reasonOf(error))).catch(() => {});
    throw error;
  }
}

async function hearOffer(port: SessionPort): Promise<Offer> {
  const event = await port.next();
  if (event.type === 'end') throw new SessionEnded(event.reason);
  const words = event.type === 'text' ? readSenderWords(event.text) : undefined;
  if (words?.type === 'offer') return words;
  throw new CommandError('This takes files only, from tandem send --file.');
}

/** Writes what comes, and says how much is written whenever the last such word has arrived. */
async function take(
  port: SessionPort,
  { bytes: offered }: Offer,
  sink: FileSink,
  onProgress: (bytes: number) => void,
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  let isSaying = false;

  function report(): void {
    onProgress(bytes);
    if (isSaying) return;
    isSaying = true;
    const said = bytes;
    port.sendText(JSON.stringify({ type: 'have', bytes: said } satisfies ReceiverWords)).then(
      () => {
        isSaying = false;
        if (bytes > said) report();
      },
      // Then the session is over, which is heard of.
      () => {},
    );
  }

  for (;;) {
    const event = await port.next();
    if (event.type === 'end') throw new SessionEnded(event.reason);
    if (event.type === 'text') return check(readSenderWords(event.text), bytes, hash.digest('hex'));
    if (offered !== null && bytes + event.data.length > offered) throw new CommandError('More came than was offered.');
    await sink.write(event.data);
    hash.update(event.data);
    bytes += event.data.length;
    report();
  }
}

function check(words: SenderWords | undefined, bytes: number, sha256: string): Omit<End, 'type'> {
  if (words?.type !== 'end') throw new CommandError('The sender said what nobody expects.');
  if (words.bytes !== bytes || words.sha256 !== sha256) throw new CommandError('What came is not what was sent.');
  return { bytes, sha256 };
}
