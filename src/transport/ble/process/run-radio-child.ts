/** The life of the radio process: from the broker's first word to the last, or to the end of either. */
import { type Clock, systemClock } from '../../clock.js';
import type { BleRadio } from '../radio.js';
import type { RadioOptions } from '../radio-options.js';
import type { FromRadio, ToRadio, UnableState } from './radio-messages.js';
import { createOutbox, type Outbox } from './radio-outbox.js';
import { type ServedRadio, serveRadio } from './serve-radio.js';

export type CreateRadio = (
  options: RadioOptions,
  around: { readonly log: (line: string) => void; readonly clock: Clock },
) => BleRadio;

/** Batches on their way to a broker that has not read them; what comes then waits in the outbox, where it is bounded. */
const MAX_UNREAD_BATCHES = 4;
const MAX_WAITING_LINES = 16;
/** How long links and radio may take to end in order. */
const END_LIMIT_MS = 2_000;
/** How long the last word may take to leave. */
const LAST_WORD_MS = 1_000;

/** Never returns to its caller's hands: the process ends by itself. It also ends when the broker does, however that ended. */
export function runRadioChild(createRadio: CreateRadio): void {
  const child: Child = {
    createRadio,
    outbox: createOutbox<FromRadio>(send, MAX_UNREAD_BATCHES),
    served: undefined,
    isEnding: false,
  };
  process.on('message', (batch) => {
    // As radio-messages.ts says: the pipe is private to two halves of one program.
    for (const message of batch as readonly ToRadio[]) receive(child, message); // see above
  });
  process.on('disconnect', () => void end(child));
  process.on('uncaughtException', (error) => giveUp(child, { type: 'fatal', reason: describe(error) }));
  ignoreSignals();
  if (!process.connected) process.exit(1);
}

interface Child {
  readonly createRadio: CreateRadio;
  readonly outbox: Outbox<FromRadio>;
  served: ServedRadio | undefined;
  isEnding: boolean;
}

/** A pipe that is broken says so by 'disconnect'. */
function send(batch: readonly FromRadio[], onSent: () => void = () => {}): void {
  if (process.connected) process.send?.(batch, undefined, undefined, onSent);
}

/**
 * A terminal, and systemd, signal the whole group; the broker then says goodbye through this process and ends it in order. noble and bleno
 * exit the process when their listener for SIGINT is the last.
 */
function ignoreSignals(): void {
  const ignore = (): void => {};
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, ignore);
  process.on('newListener', (name, listener) => {
    if (name !== 'SIGINT' || listener === ignore) return;
    queueMicrotask(() => process.off('SIGINT', ignore).on('SIGINT', ignore));
  });
}

function receive(child: Child, message: ToRadio): void {
  switch (message.type) {
    case 'start':
      return start(child, message.options);
    case 'ping':
      child.outbox.put({ type: 'pong' });
      return;
    case 'read':
      return child.outbox.confirm();
    case 'close':
      void end(child);
      return;
    default:
      child.served?.obey(message);
  }
}

function start(child: Child, options: RadioOptions): void {
  const log = (line: string): void => void child.outbox.put({ type: 'log', line }, MAX_WAITING_LINES);
  try {
    const radio = child.createRadio(options, { log, clock: systemClock });
    const onFailure = (error: unknown): void => {
      const state = unableState(error);
      const reason = describe(error);
      giveUp(child, state === undefined ? { type: 'fatal', reason } : { type: 'unable', state, reason });
    };
    child.served = serveRadio(radio, child.outbox, { clock: systemClock, onFailure });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    giveUp(child, { type: 'unable', state: unableState(error) ?? 'unsupported', reason });
  }
}

/** What no new start mends soon. Undefined: it may. Source of the codes: errno(3), and Node's for modules that are not installed. */
function unableState(error: unknown): UnableState | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = 'code' in error ? error.code : undefined;
  switch (code) {
    case 'EPERM':
    case 'EACCES':
      return 'unauthorized';
    case 'EAFNOSUPPORT':
    case 'ENODEV':
    case 'MODULE_NOT_FOUND':
    case 'ERR_MODULE_NOT_FOUND':
    case 'ERR_DLOPEN_FAILED':
      return 'unsupported';
    default:
      return unableState(error.cause);
  }
}

/** Links and radio are beyond order: the kernel lets the adapter go. */
function giveUp(child: Child, lastWord: FromRadio): void {
  if (child.isEnding) process.exit(1);
  child.isEnding = true;
  setTimeout(() => process.exit(1), LAST_WORD_MS);
  send([lastWord], () => process.exit(1));
}

/** A second call does not wait: the broker went away meanwhile. */
async function end(child: Child): Promise<void> {
  if (child.isEnding) process.exit(0);
  child.isEnding = true;
  setTimeout(() => process.exit(1), END_LIMIT_MS);
  await child.served?.close();
  process.exit(0);
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
