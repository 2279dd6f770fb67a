/** The WebSocket the client uses: the standard one where there is one (browsers, Node 22), else that of `ws`. */

/** The part of the standard interface that the client needs. */
export interface WebSocketLike {
  binaryType: string;
  send(frame: string | Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
  /** Ends the connection without a goodbye; only `ws` has it. */
  terminate?(): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { readonly code: number; readonly reason: string }) => void): void;
  addEventListener(type: 'error', listener: (event: object) => void): void;
}

export type WebSocketConstructor = new (url: string, protocols: string[]) => WebSocketLike;

/** Rejects when there is neither a standard WebSocket nor the package `ws`. */
export async function findWebSocket(): Promise<WebSocketConstructor> {
  const standard: unknown = Reflect.get(globalThis, 'WebSocket');
  // The types of Node 20 do not declare it; where it exists it is the standard one.
  if (typeof standard === 'function') return standard as WebSocketConstructor; // see above
  return (await import('ws')).WebSocket;
}

/** Why a connection could not be made, where the event says so: only `ws` does, browsers keep it to themselves. */
export function reasonOfError(event: object): string {
  return 'message' in event && typeof event.message === 'string' ? event.message : '';
}
