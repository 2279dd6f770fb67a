/** As much of Node-RED as these nodes use. */

export interface Message {
  topic?: string;
  payload?: unknown;
  [name: string]: unknown;
}

export interface Status {
  readonly fill?: 'red' | 'green' | 'yellow' | 'grey';
  readonly shape?: 'ring' | 'dot';
  readonly text?: string;
}

export type Send = (message: Message | readonly (Message | null)[]) => void;
export type Done = (words?: string) => void;

export interface RedNode {
  readonly id: string;
  /** What the editor keeps apart from the flow. */
  readonly credentials?: Readonly<Record<string, string>>;
  on(event: 'input', listener: (message: Message, send: Send, done: Done) => void): void;
  on(event: 'close', listener: (isRemoved: boolean, done: () => void) => void): void;
  send: Send;
  status(status: Status): void;
  error(words: string): void;
  warn(words: string): void;
}

/** What the editor saved for a node. */
export interface Definition {
  readonly id: string;
  readonly [name: string]: unknown;
}

export interface Red {
  readonly nodes: {
    createNode(node: RedNode, definition: Definition): void;
    registerType(
      type: string,
      build: (this: RedNode, definition: Definition) => void,
      options?: { readonly credentials: Readonly<Record<string, { readonly type: 'text' | 'password' }>> },
    ): void;
    getNode(id: unknown): RedNode | null;
  };
  readonly events: {
    on(event: 'flows:started', listener: () => void): void;
    once(event: 'flows:started', listener: () => void): void;
    removeListener(event: 'flows:started', listener: () => void): void;
  };
}
