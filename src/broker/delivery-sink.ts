/** Where a session's payload ends up: with its listeners, or nowhere when there are none. Source: reference-behaviour 2.2. */
import type { MessageSink } from '../protocol/delivery-incoming.js';
import { raise } from './listeners.js';
import type { Session } from './session.js';
import { trafficOf } from './traffic.js';

/** For one frame: made anew each time, it costs less than memory that 100,000 sessions keep and that a message finds cold. */
export function createDeliverySink(session: Session): MessageSink {
  const { sessionId } = session;
  const traffic = trafficOf(session);
  return {
    onText(msg, bytes) {
      traffic.textsReceived += 1;
      traffic.bytesReceived += bytes;
      raise(session.listeners, 'receiveMessage', { sessionId, msg });
    },
    onData(data) {
      traffic.dataReceived += 1;
      traffic.bytesReceived += data.byteLength;
      raise(session.listeners, 'receiveData', { sessionId, data });
    },
  };
}
