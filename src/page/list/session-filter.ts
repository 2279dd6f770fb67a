/** Finds sessions by what a person types: every word has to be somewhere in what the list shows of a session. */
import type { SessionSummary } from '../../client/client.js';

export function filterSessions(sessions: readonly SessionSummary[], text: string): readonly SessionSummary[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return sessions;
  return sessions.filter((session) => {
    const shown = shownText(session);
    return words.every((word) => shown.includes(word));
  });
}

function shownText(session: SessionSummary): string {
  const { sessionId, serviceName, state, app, peer, role = '', peerDeviceName = '' } = session;
  return [
    sessionId,
    serviceName,
    state,
    role,
    app.bundleName,
    app.abilityName,
    peer.deviceId,
    peerDeviceName,
    peer.bundleName,
  ]
    .join(' ')
    .toLowerCase();
}
