/** Two clients of a server, of which one sends what the other gets: the same work whatever the server is. */

/** What is sent: texts of a session, or bytes in the server's own binary form. */
export interface Payload {
  readonly type: 'text' | 'data';
  readonly bytes: number;
}

export interface RelayPair {
  /** Sends one message, of which `number` is unique within the pair. */
  send(number: number): void;
  /**
   * Calls `onAnswer` for each message that the server has taken and `onArrival` for each that has arrived. Where a server does not answer,
   * both are called when it arrives. Throws, and so ends the process, on anything unexpected. Returns how to stop.
   */
  take(onAnswer: () => void, onArrival: () => void): () => void;
}
