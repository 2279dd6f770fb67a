/** A session whose phone has accepted and does not listen yet. */
import type { EventListener } from '../../src/broker/interface.js';
import {
  type Asked,
  acceptOffer,
  createSession,
  createStage,
  type Device,
  type End,
  listen,
  registerApp,
  registerAskedApp,
  type Stage,
} from './fixture.js';

/** The reference's device B: it has accepted, and its app does not listen yet. */
export interface DeafPair {
  readonly stage: Stage;
  readonly kitchen: End;
  readonly phone: Omit<End, 'heard'>;
  readonly asked: Asked;
}

export async function deafPair(isSealed = true): Promise<DeafPair> {
  const stage = await createStage({ isSealed });
  const asked = registerAskedApp(stage.phone);
  const app = registerApp(stage.kitchen);
  const kitchen = listen(stage.kitchen, app, createSession(app, stage.phone));
  const sessionId = await connectAgain(kitchen, asked);
  const manager = asked.app.abilityConnectionManager;
  return { stage, kitchen, asked, phone: { device: stage.phone, app: asked.app, manager, sessionId } };
}

/** Connects the kitchen's session; the phone accepts with a session of its own, or with this one. */
export async function connectAgain(kitchen: End, asked: Asked, sessionId?: number): Promise<number> {
  const connecting = kitchen.manager.connect(kitchen.sessionId);
  const offer = await asked.offers.next();
  const accepting =
    sessionId === undefined
      ? acceptOffer(asked, offer)
      : { sessionId, accepted: asked.app.abilityConnectionManager.acceptConnect(sessionId, offer.token) };
  const [result] = await Promise.all([connecting, accepting.accepted]);
  if (!result.isConnected) throw new Error(`not connected: ${JSON.stringify(result)}`);
  return accepting.sessionId;
}

/** What a listener is told, in short: texts as they are, data by its length. */
export function book() {
  const heard: string[] = [];
  const write: EventListener = ({ msg, data, reason }) =>
    heard.push(msg ?? (data ? `${data.byteLength} B` : `${reason}`));
  return { heard, write };
}

export function bytes(count: number): ArrayBuffer {
  return new Uint8Array(count).fill(7).buffer;
}

export function unheardBytes({ broker }: Device): number {
  return broker.counters().unheardBytes;
}
