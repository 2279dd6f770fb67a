/** Where a session's payload ends up: with its listeners, or nowhere when there are none. Source: reference-behaviour 2.2. */
import type { MessageSink } from '../protocol/delivery-incoming.js';
import type { Counters } from './counters.js';
import { raise } from './listeners.js';
import type { Session } from './session.js';

/** For one frame: made anew each time, it costs less than memory that 100,000 sessions keep and that a message finds cold. */
export function createDeliverySink(session: Session, counters: Counters): MessageSink {
  const { sessionId } = session;
  return {
    onText(msg) {
      counters.textsReceived += 1;
      counters.bytesReceived += Buffer.byteLength(msg);
      raise(session.listeners, 'receiveMessage', { sessionId, msg });
    },
    onData(data) {
      counters.dataReceived += 1;
      counters.bytesReceived += data.byteLength;
      raise(session.listeners, 'receiveData', { sessionId, data });
    },
  };
}
