/** Which way the payload of a measurement goes, and who is at its ends. */
import type { App } from '../../src/broker/interface.js';
import type { Adapter } from '../../src/transport/air/air.js';
import type { BleStage } from './ble-stage.js';

/** Down: written by the hub, noble. Up: notified by the device, bleno. */
export type Way = 'down' | 'up';

export interface Ends {
  readonly from: End;
  readonly to: End;
}

export interface End {
  readonly calls: App['abilityConnectionManager'];
  readonly sessionId: number;
  readonly adapter: Adapter;
}

export function endsOf(stage: BleStage, way: Way): Ends {
  const { caller, answerer, pair, hub, device } = stage;
  const above = { calls: caller.abilityConnectionManager, sessionId: pair.callerId, adapter: hub };
  const below = { calls: answerer.abilityConnectionManager, sessionId: pair.answererId, adapter: device };
  return way === 'down' ? { from: above, to: below } : { from: below, to: above };
}

/** Sends data and resolves when the other app has it, and the sender knows. Gives when it arrived. */
export async function sendAcross({ from, to }: Ends, bytes: number, nowMs: () => number): Promise<number> {
  let listener = (): void => {};
  const arrived = new Promise<number>((resolve) => {
    listener = () => resolve(nowMs());
    to.calls.on('receiveData', to.sessionId, listener);
  });
  await from.calls.sendData(from.sessionId, new ArrayBuffer(bytes));
  const arrivedMs = await arrived;
  to.calls.off('receiveData', to.sessionId, listener);
  return arrivedMs;
}
