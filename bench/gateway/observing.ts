/** One event to many observers. */
import type { WebSocket } from 'ws';
import { answerParent } from '../harness/child.js';
import type { BareAddress } from './address.js';
import { openObservers } from './pairs/observers.js';
import type { TandemAddress } from './servers/tandem-server.js';

export interface ObservingParams {
  readonly address: TandemAddress | BareAddress;
  readonly observers: number;
}

answerParent<ObservingParams>(async ({ address, observers }) => {
  const { sockets, cause } = await openObservers(address, observers);
  return {
    /** Resolves when every observer has every event. */
    async run(events: number) {
      const told = Promise.all(sockets.map((socket) => untilTold(socket, events)));
      for (let event = 0; event < events; event += 1) await cause();
      await told;
    },
  };
});

function untilTold(socket: WebSocket, events: number): Promise<void> {
  return new Promise((resolve) => {
    let told = 0;
    const count = (): void => {
      told += 1;
      if (told < events) return;
      socket.removeListener('message', count);
      resolve();
    };
    socket.on('message', count);
  });
}
