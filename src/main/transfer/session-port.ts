/** One session as a transfer needs it, in process and over the gateway alike. */

/** The calls of the reference that are used, plain or as promises. */
export interface SessionCalls {
  sendMessage(sessionId: number, text: string): Promise<void>;
  sendData(sessionId: number, data: ArrayBuffer): Promise<void>;
  onReceiveMessage(sessionId: number, callback: (info: { readonly msg?: string }) => void): void | Promise<void>;
  onReceiveData(sessionId: number, callback: (info: { readonly data?: ArrayBuffer }) => void): void | Promise<void>;
  onDisconnect(sessionId: number, callback: (info: { readonly reason?: number }) => void): void | Promise<void>;
}

const NO_DATA = new ArrayBuffer(0);

export type SessionEvent =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'data'; readonly data: Uint8Array }
  /** The session is over, or its other end sent more than it may: nothing follows. */
  | { readonly type: 'end'; readonly reason: number | undefined };

export interface SessionPort {
  /** Resolves when the other broker has it. */
  sendText(text: string): Promise<void>;
  sendData(data: ArrayBuffer): Promise<void>;
  /** What came, in order; one reader at a time. */
  next(): Promise<SessionEvent>;
  /** Nobody listens any more: what is read next is the end. */
  close(): void;
}

/** Listens from now on. To be called before the session connects, so that nothing is missed. At most `mostBytes` of data wait to be read. */
export async function openPort(calls: SessionCalls, sessionId: number, mostBytes: number): Promise<SessionPort> {
  const waiting: SessionEvent[] = [];
  let waitingBytes = 0;
  let isOver = false;
  let wake: ((event: SessionEvent) => void) | undefined;

  function put(event: SessionEvent): void {
    if (isOver) return;
    isOver = event.type === 'end';
    if (wake !== undefined) {
      wake(event);
      wake = undefined;
      return;
    }
    waiting.push(event);
    if (event.type === 'data') waitingBytes += event.data.length;
    if (waitingBytes > mostBytes) put({ type: 'end', reason: undefined });
  }

  await calls.onReceiveMessage(sessionId, ({ msg = '' }) => put({ type: 'text', text: msg }));
  await calls.onReceiveData(sessionId, ({ data }) => put({ type: 'data', data: new Uint8Array(data ?? NO_DATA) }));
  await calls.onDisconnect(sessionId, ({ reason }) => put({ type: 'end', reason }));
  return {
    sendText: (text) => calls.sendMessage(sessionId, text),
    sendData: (data) => calls.sendData(sessionId, data),
    close: () => put({ type: 'end', reason: undefined }),
    async next() {
      const event = waiting.shift();
      if (event?.type === 'data') waitingBytes -= event.data.length;
      return (
        event ??
        new Promise((resolve) => {
          wake = resolve;
        })
      );
    },
  };
}
