/** Sessions as a table, and as lines about what changed. */
import type { SessionSummary } from '../client/interface.js';
import { formatDateTime } from './terminal/local-time.js';
import { formatTable } from './terminal/table.js';

/** The table; below it why sessions are not connected. */
export function formatSessions(sessions: readonly SessionSummary[]): readonly string[] {
  if (sessions.length === 0) return ['There are no sessions.'];
  return [
    ...formatTable(['SESSION', 'STATE', 'SERVICE', 'APP', 'PEER', 'SINCE'], sessions.map(rowOf)),
    ...sessions.flatMap(({ sessionId, diagnosis }) => (diagnosis === undefined ? [] : [`${sessionId}: ${diagnosis}`])),
  ];
}

/** One line for a session that came, changed or went. */
export function formatChange({ diagnosis, ...session }: SessionSummary): string {
  const { sessionId, state, since, serviceName, peer } = session;
  const why = diagnosis === undefined ? '' : `: ${diagnosis}`;
  const whose = `${serviceName} with ${peer.bundleName} on ${deviceText(session)}`;
  return `${formatDateTime(since)} ${sessionId} ${state}, ${whose}${why}`;
}

/** The name of the other device, as far as it was ever heard, or its id. */
export function deviceText({ peer, peerDeviceName }: Pick<SessionSummary, 'peer' | 'peerDeviceName'>): string {
  return peerDeviceName ?? peer.deviceId;
}

function rowOf(session: SessionSummary): string[] {
  const { sessionId, state, serviceName, app, peer, since } = session;
  const peerText = `${peer.bundleName} on ${deviceText(session)}`;
  return [String(sessionId), state, serviceName, app.bundleName, peerText, formatDateTime(since)];
}
