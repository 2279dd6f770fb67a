/** Sends one text, one piece of data or both, and waits for as many answers. */
import { CommandError } from './command-error.js';
import { inTime } from './transfer/in-time.js';
import { SessionEnded } from './transfer/session-ended.js';
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
  const { waitMs, name } = options;
  if (waitMs === undefined) return;
  const late = (): CommandError =>
    new CommandError(`No answer from ${name} within ${waitMs} ms.`, {
      advice: ['It was delivered. --wait MS waits longer, --no-wait not at all.'],
    });
  await inTime(Promise.race([answers.complete, answers.failed]), waitMs, late);
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
      // Who has all the answers does not mind how the session ends.
      if (event.type === 'end' && received >= wanted) return new Promise(() => {});
      if (event.type === 'end') throw new SessionEnded(event.reason);
      onAnswer(event);
      received += 1;
      if (received === wanted) complete();
    }
  }

  return { complete: done, failed: hear() };
}
