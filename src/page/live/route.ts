/** Which session is looked at: the address says so, so that a reload, a bookmark and the back button do what they do everywhere. */
import { type ReadonlySignal, signal } from '@preact/signals';

export interface Route {
  readonly sessionId: ReadonlySignal<number | undefined>;
  open(sessionId: number | undefined): void;
  close(): void;
}

export function createRoute(): Route {
  const sessionId = signal(read());
  const follow = (): void => {
    sessionId.value = read();
  };
  window.addEventListener('hashchange', follow);
  return {
    sessionId,
    open(next) {
      location.hash = next === undefined ? '#/' : `#/session/${next}`;
    },
    close: () => window.removeEventListener('hashchange', follow),
  };
}

function read(): number | undefined {
  const text = /^#\/session\/(\d{1,10})$/.exec(location.hash)?.[1];
  return text === undefined ? undefined : Number(text);
}
