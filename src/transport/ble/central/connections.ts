/** Every connection of the controller in which this side is the central: what its events say of it. */
import { type Observable, ReplaySubject, Subject } from 'rxjs';
import type { LinkEnd } from '../../transport.js';
import { linkEndFor } from '../disconnecting.js';
import type { HciFact } from '../hci-watch.js';

export interface Connection {
  readonly handle: number;
  readonly address: string;
  /** Buffers of the controller that came free. */
  readonly completed$: Observable<number>;
  /** Emits once, also to late subscribers, and completes: nothing more is expected of the peer. */
  readonly ended$: Observable<LinkEnd>;
  /** The controller has let it go. */
  readonly gone: Promise<void>;
  /** Whether it has packets in the controller, or waits to have some: said by the link over it, once there is one. */
  isSending: () => boolean;
}

export interface Connections {
  /** From the controller. */
  tell(fact: HciFact): void;
  find(address: string): Connection | undefined;
  all(): readonly Connection[];
  /** Ends it before the controller lets it go. False: it had ended. */
  end(handle: number, end: LinkEnd): boolean;
  /** The controller knows nothing of it any more. */
  drop(handle: number, end: LinkEnd): void;
  /** Connections among which the controller's buffers are divided: those that are sending, and this one. */
  sending(own: Connection): number;
}

/** `onGone` is told before `ended$` is. */
export function createConnections(onGone: (connection: Connection) => void): Connections {
  const open = new Map<number, State>();

  function drop(handle: number, end: LinkEnd): void {
    const state = open.get(handle);
    open.delete(handle);
    if (state === undefined) return;
    onGone(state.connection);
    finish(state, end);
    state.leave();
  }

  return {
    tell(fact) {
      if (fact.type === 'connected' && fact.isCentral) open.set(fact.handle, createState(fact.handle, fact.address));
      if (fact.type === 'completed') open.get(fact.handle)?.completed.next(fact.count);
      if (fact.type === 'disconnected') drop(fact.handle, linkEndFor(fact.reason));
    },
    find: (address) => [...open.values()].find(({ connection }) => connection.address === address)?.connection,
    all: () => [...open.values()].map(({ connection }) => connection),
    end(handle, end) {
      const state = open.get(handle);
      return state !== undefined && finish(state, end);
    },
    drop,
    sending: (own) =>
      [...open.values()].filter(({ connection }) => connection === own || connection.isSending()).length,
  };
}

interface State {
  readonly connection: Connection;
  readonly completed: Subject<number>;
  readonly ended: ReplaySubject<LinkEnd>;
  /** Resolves `gone`. */
  readonly leave: () => void;
}

function createState(handle: number, address: string): State {
  const completed = new Subject<number>();
  const ended = new ReplaySubject<LinkEnd>(1);
  let leave = (): void => {};
  const gone = new Promise<void>((resolve) => {
    leave = resolve;
  });
  const streams = { completed$: completed.asObservable(), ended$: ended.asObservable() };
  return { connection: { handle, address, ...streams, gone, isSending: () => false }, completed, ended, leave };
}

function finish({ completed, ended }: State, end: LinkEnd): boolean {
  if (ended.isStopped) return false;
  completed.complete();
  ended.next(end);
  ended.complete();
  return true;
}
