/** Sends one text, one piece of data or both, and waits for as many answers. */
import { CommandError } from './command-error.js';
import { SessionEnded } from './transfer/send-file.js';
import type { SessionEvent, SessionPort } from './transfer/session-port.js';

export type Answer = Exclude<SessionEvent, { readonly type: 'end' }>;

export interface Message {
  readonly text: string | undefined;
  readonly data: ArrayBuffer | undefined;
}

export interface SendOnceOptions {
  /** Longest wait for the answers, from the moment when all is delivered, in milliseconds; undefined: do not wait. */
  readonly waitMs: number | undefined;
  /** Whose answers they are. */
  readonly name: string;
  onAnswer(answer: Answer): void;
}

/** Resolves when all was delivered and answered. Rejects with CommandError when an answer does not come in time. */
export async function sendOnce(port: SessionPort, { text, data }: Message, options: SendOnceOptions): Promise<void> {
  const wanted = [text, data].filter((part) => part !== undefined).length;
  const answers = listen(port, wanted, options.onAnswer);
  const delivery = async (): Promise<void> => {
    if (text !== undefined) await port.sendText(text);
    if (data !== undefined) await port.sendData(data);
  };
  await Promise.race([delivery(), answers.failed]);
  if (options.waitMs !== undefined) await Promise.race([inTime(answers.complete, options), answers.failed]);
}

interface Answers {
  /** Resolves when there are as many as wanted. */
  readonly complete: Promise<void>;
  /** Rejects when the session ends before. */
  readonly failed: Promise<never>;
}

function listen(port: SessionPort, wanted: number, onAnswer: (answer: Answer) => void): Answers {
  let complete = (): void => {};
  const done = new Promise<void>((resolve) => {
    complete = resolve;
  });

  async function hear(): Promise<never> {
    for (let received = 0; ; ) {
      const event = await port.next();
      if (event.type === 'end') throw new SessionEnded(event.reason);
      onAnswer(event);
      received += 1;
      if (received === wanted) complete();
    }
  }

  const failed = hear();
  // Who has all the answers does not mind.
  failed.catch(() => {});
  return { complete: done, failed };
}

async function inTime(work: Promise<void>, { waitMs = 0, name }: SendOnceOptions): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new CommandError(`No answer from ${name} within ${waitMs} ms.`, {
      advice: ['It was delivered. --wait MS waits longer, --no-wait not at all.'],
    });
    // Without a connection nothing can come any more: the timer does not keep the process.
    timer = setTimeout(() => reject(error), waitMs).unref();
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
