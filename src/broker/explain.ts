/** Gathers what the diagnosis of a session is made of, at the moment its attempt fails or its connection ends. */
import type { SessionContext } from '../machines/session.js';
import { appText } from './apps.js';
import type { Devices } from './devices.js';
import { diagnose, type Facts } from './diagnosis.js';
import type { Peers } from './peers.js';
import type { Session } from './session.js';
import { entriesBackwards, type Trace } from './trace.js';
import { CALLS, LINK } from './trace-rows.js';

/** How it came out: the chart's context, or the refusal of a call that reached no chart. */
export type Outcome = Pick<SessionContext, 'errorCode' | 'reason'> &
  Partial<Pick<SessionContext, 'disconnectReason' | 'role'>>;

/** Who knows what is heard of other devices. */
export interface Surroundings {
  readonly peers: Pick<Peers, 'lastHeard' | 'isAsking'>;
  readonly devices: Pick<Devices, 'nameOf' | 'known'>;
}

export function explain(
  { peerInfo, trace, peer }: Session,
  outcome: Outcome,
  { peers, devices }: Surroundings,
): string {
  const { deviceId } = peerInfo;
  const heard = peers.lastHeard(deviceId);
  const namesake = devices.known().find((device) => device.deviceName === deviceId)?.deviceId;
  return diagnose({
    device: devices.nameOf(deviceId) ?? deviceId,
    app: appText(peerInfo),
    role: outcome.role ?? 'initiator',
    errorCode: outcome.errorCode,
    reason: outcome.reason,
    disconnectReason: outcome.disconnectReason,
    isLinked: peer?.link !== undefined,
    loss: lossIn(trace),
    failure: peer?.failure,
    isAsking: peers.isAsking(deviceId),
    heard,
    namesake,
  });
}

/** Why the link was lost last since the attempt began. */
function lossIn(trace: Trace): Facts['loss'] {
  for (const [row, detail] of entriesBackwards(trace)) {
    if (row === LINK.lost) return String(detail?.['reason'] ?? '');
    if (row === CALLS.connect || row === CALLS.acceptConnect) return undefined;
  }
  return undefined;
}
