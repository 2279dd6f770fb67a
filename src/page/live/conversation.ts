/** What the page sent and received in one of its own sessions. It stays in the tab: no trace ever holds it. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { TandemClient } from '../../client/client.js';

/** Lines that a conversation keeps; the oldest go first. */
const MAX_LINES = 200;

export interface Line {
  readonly number: number;
  readonly isOwn: boolean;
  readonly text: string;
  readonly isData: boolean;
  readonly bytes: number;
  readonly at: number;
  /** Of an own line: how it fares. */
  readonly outcome?: 'sending' | 'acknowledged' | 'failed';
  /** From the call to its answer: the peer's broker has it. */
  readonly roundTripMs?: number;
  readonly why?: string;
}

export interface Conversation {
  readonly lines: ReadonlySignal<readonly Line[]>;
  /** Hears the session from now on; once is enough. */
  listen(): Promise<void>;
  sendText(text: string): Promise<void>;
  sendBytes(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
}

type AsApp = <Result>(work: () => Promise<Result>) => Promise<Result | undefined>;

export function createConversation(client: TandemClient, sessionId: number, asApp: AsApp): Conversation {
  const lines = signal<readonly Line[]>([]);
  let listening: Promise<unknown> | undefined;
  let count = 0;

  function add(line: Omit<Line, 'number' | 'at'>): number {
    count += 1;
    lines.value = [...lines.value, { ...line, number: count, at: Date.now() }].slice(-MAX_LINES);
    return count;
  }

  function change(number: number, changes: Partial<Line>): void {
    lines.value = lines.value.map((line) => (line.number === number ? { ...line, ...changes } : line));
  }

  async function send(line: Omit<Line, 'number' | 'at' | 'isOwn'>, call: () => Promise<void>): Promise<void> {
    const number = add({ ...line, isOwn: true, outcome: 'sending' });
    const startedAt = performance.now();
    await asApp(async () => {
      try {
        await call();
        change(number, { outcome: 'acknowledged', roundTripMs: performance.now() - startedAt });
      } catch (error) {
        change(number, { outcome: 'failed', why: error instanceof Error ? error.message : String(error) });
      }
    });
  }

  /** For both at once, so that what waited comes in its order. */
  function hear(): Promise<unknown> {
    return Promise.all([
      client.onReceiveMessage(sessionId, ({ msg = '' }) => {
        add({ isOwn: false, text: msg, isData: false, bytes: utf8.encode(msg).length });
      }),
      client.onReceiveData(sessionId, ({ data = new ArrayBuffer(0) }) => {
        add({ isOwn: false, text: toHex(new Uint8Array(data)), isData: true, bytes: data.byteLength });
      }),
    ]);
  }

  return {
    lines,
    async listen() {
      listening ??= asApp(hear);
      await listening;
    },
    sendText: (text) =>
      send({ text, isData: false, bytes: utf8.encode(text).length }, () => client.sendMessage(sessionId, text)),
    sendBytes: (bytes) =>
      send({ text: toHex(bytes), isData: true, bytes: bytes.length }, () => client.sendData(sessionId, bytes)),
  };
}

const utf8 = new TextEncoder();
/** Bytes of data that are shown. */
const SHOWN_BYTES = 24;

function toHex(bytes: Uint8Array): string {
  const shown = [...bytes.subarray(0, SHOWN_BYTES)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return bytes.length > SHOWN_BYTES ? `${shown} …` : shown;
}

/** Undefined when the text is not an even number of hexadecimal digits, spaces apart. */
export function fromHex(text: string): Uint8Array<ArrayBuffer> | undefined {
  const digits = text.replaceAll(/\s/g, '');
  if (digits === '' || digits.length % 2 === 1 || !/^[\da-f]+$/i.test(digits)) return undefined;
  return Uint8Array.from({ length: digits.length / 2 }, (_, index) =>
    Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16),
  );
}
