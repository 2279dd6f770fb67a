/** The hub's end of a session with the echo app of a device. */
import { deepEqual, equal } from 'node:assert/strict';
import { filter, firstValueFrom, from, map, merge, Subject, take, toArray } from 'rxjs';
import type { App, Broker } from '../../src/broker/interface.js';
import { ECHO_APP, ECHO_SERVICE } from '../../src/main/echo-app.js';
import type { SessionState } from '../../src/protocol/codes.js';

export interface EchoSession {
  readonly sessionId: number;
  /** Sends them all at once; every one comes back, in order, and nothing else does. */
  exchange(texts: readonly string[]): Promise<void>;
  /** The same bytes come back. */
  exchangeData(data: Uint8Array): Promise<void>;
  /** Resolves when the session is, or gets, there. */
  reaches(state: SessionState): Promise<void>;
}

/** Rejects when the session does not come about. */
export async function openEchoSession(hub: Broker, app: App, deviceId: string): Promise<EchoSession> {
  const manager = app.abilityConnectionManager;
  const peer = { deviceId, ...ECHO_APP };
  const sessionId = manager.createAbilityConnectionSession(ECHO_SERVICE, app.context, peer, { needSendData: true });
  const texts = new Subject<string>();
  const data = new Subject<ArrayBuffer>();
  manager.on('receiveMessage', sessionId, ({ msg = '' }) => texts.next(msg));
  manager.on('receiveData', sessionId, (info) => data.next(info.data ?? new ArrayBuffer(0)));
  const result = await manager.connect(sessionId);
  if (!result.isConnected) throw new Error(`no session with ${deviceId}: ${JSON.stringify(result)}`);
  return {
    sessionId,
    async exchange(sent) {
      const returned = firstValueFrom(texts.pipe(take(sent.length), toArray()));
      await Promise.all(sent.map((text) => manager.sendMessage(sessionId, text)));
      deepEqual(await returned, sent);
    },
    async exchangeData(sent) {
      const returned = firstValueFrom(data);
      await manager.sendData(sessionId, sent.slice().buffer);
      equal(Buffer.compare(new Uint8Array(await returned), sent), 0, 'the data came back changed');
    },
    async reaches(state) {
      await firstValueFrom(statesOf(hub, sessionId).pipe(filter((reached) => reached === state)));
    },
  };
}

/** From the present one on. */
function statesOf(broker: Broker, sessionId: number) {
  return merge(from(broker.listSessions()), broker.sessions$).pipe(
    filter((summary) => summary.sessionId === sessionId),
    map(({ state }) => state),
  );
}
