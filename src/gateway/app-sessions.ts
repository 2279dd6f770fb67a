/** The sessions of one app as its client uses them: the reference's module, with listeners that write to the client. */
import type { AbilityConnectionManager, App, AppContext, EventListener } from '../broker/interface.js';
import type { EventType } from '../protocol/calls.js';
import type { CollaborateEventInfo, ConnectOptions, EventCallbackInfo, PeerInfo } from '../protocol/collaboration.js';
import { BrokerError } from '../protocol/errors.js';
import { type NamedDevices, refuseName } from './device-names.js';
import type { EventSink } from './seat.js';

/** How data of 'receiveData' travels. */
export type DataEncoding = 'binary' | 'base64';

export interface AppSessions {
  readonly context: AppContext;
  readonly manager: AbilityConnectionManager;
  /** Throws BrokerError `tooManyAtOnce` when the app has as many as it may, and what the module throws. */
  create(serviceName: string, peerInfo: PeerInfo, connectOptions: ConnectOptions): number;
  /** Listens once per event, however often it is called; the last encoding counts. Throws what the module's `on` throws. */
  on(type: EventType, sessionId: number, encoding: DataEncoding): void;
  off(type: EventType, sessionId: number): void;
  destroy(sessionId: number): void;
}

type Listener = (info: EventCallbackInfo & CollaborateEventInfo) => void;

/** `limit` is how many sessions there may be at once; 0 is none. `broker` knows who is meant by a name. */
export function createAppSessions(app: App, sink: EventSink, broker: NamedDevices, limit = 0): AppSessions {
  const { abilityConnectionManager: manager, context } = app;
  /** What each session is listened to for: as many entries as sessions and events exist. */
  const listeners = new Map<number, Map<EventType, Listener>>();
  /** A session lasts until its app destroys it. */
  let count = 0;

  return {
    context,
    manager,
    create(serviceName, peerInfo, connectOptions) {
      if (limit > 0 && count >= limit) throw new BrokerError('tooManyAtOnce', `Sessions of the app: ${limit}.`);
      // What is no PeerInfo at all, the module refuses.
      refuseName(broker, peerInfo?.deviceId);
      const sessionId = manager.createAbilityConnectionSession(serviceName, context, peerInfo, connectOptions);
      count += 1;
      return sessionId;
    },
    on(type, given, encoding) {
      const sessionId = whole(given);
      const listener = createListener(type, sessionId, encoding, sink);
      manager.on(type as 'connect', sessionId, listener as EventListener); // the module checks the name and fits the info to it
      const ofSession = listeners.get(sessionId) ?? new Map<EventType, Listener>();
      const earlier = ofSession.get(type);
      if (earlier !== undefined) manager.off(type as 'connect', sessionId, earlier as EventListener); // as above
      listeners.set(sessionId, ofSession.set(type, listener));
    },
    off(type, given) {
      const sessionId = whole(given);
      manager.off(type as 'connect', sessionId); // as above
      listeners.get(sessionId)?.delete(type);
    },
    destroy(given) {
      const sessionId = whole(given);
      manager.destroyAbilityConnectionSession(sessionId);
      listeners.delete(sessionId);
      count -= 1;
    },
  };
}

/** As the module reads it: what is no number it refuses. */
function whole(sessionId: number): number {
  return typeof sessionId === 'number' ? Math.trunc(sessionId) : sessionId;
}

/** Everything that is the same for each event of this session is put together here, once. */
function createListener(type: EventType, sessionId: number, encoding: DataEncoding, sink: EventSink): Listener {
  const head = `"type":${JSON.stringify(type)},"sessionId":${JSON.stringify(sessionId)}`;
  switch (type) {
    case 'receiveMessage':
      return ({ msg = '' }) => sink.raise(`${head},"msg":${JSON.stringify(msg)}`);
    case 'receiveData':
      return ({ data = NO_DATA }) => {
        if (encoding === 'binary') sink.raiseData(sessionId, data);
        else sink.raise(`${head},"data":"${Buffer.from(data).toString('base64')}"`);
      };
    case 'disconnect':
      return ({ reason }) => sink.raise(`${head},"reason":${reason}`);
    case 'collaborateEvent':
      return ({ eventType, eventMsg = '' }) =>
        sink.raise(`${head},"eventType":${eventType},"eventMsg":${JSON.stringify(eventMsg)}`);
    default:
      return () => sink.raise(head);
  }
}

const NO_DATA = new ArrayBuffer(0);
