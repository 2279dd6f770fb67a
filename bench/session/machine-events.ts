/** How many events the charts get while messages flow: payload is to pass beside them. */
import { Actor } from 'xstate';
import { createStage } from './stage.js';

/** Events sent to any chart of two brokers while `messages` texts go from one to the other, one after the other. */
export async function countMachineEvents(messages: number): Promise<number> {
  const events = countEvents();
  try {
    const stage = await createStage({ isSealed: true });
    const { callerId, answererId } = await stage.openPair();
    if (events.count() === 0) throw new Error('a session opened without an event: the count misses them');
    let received = 0;
    stage.answerer.abilityConnectionManager.on('receiveMessage', answererId, () => {
      received += 1;
    });
    const before = events.count();
    for (let sent = 0; sent < messages; sent += 1) {
      await stage.caller.abilityConnectionManager.sendMessage(callerId, `text ${sent}`);
    }
    const count = events.count() - before;
    await stage.close();
    if (received !== messages) throw new Error(`${received} of ${messages} messages arrived`);
    return count;
  } finally {
    events.stop();
  }
}

/** Counts the events sent to actors of this process that are created from now on: an actor binds `send` when it is made. */
export function countEvents(): { count(): number; stop(): void } {
  const { send } = Actor.prototype;
  let count = 0;
  Actor.prototype.send = function counting(...args) {
    count += 1;
    return send.apply(this, args);
  };
  return {
    count: () => count,
    stop() {
      Actor.prototype.send = send;
    },
  };
}
