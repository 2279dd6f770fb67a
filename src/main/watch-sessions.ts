/** What `tandem sessions --watch` shows. */
import type { SessionSummary, TandemClient } from '../client/interface.js';
import { untilClosed } from './gateway-client.js';
import { formatChange, formatSessions } from './session-text.js';
import type { Io } from './terminal/io.js';

/** Shows the sessions until the client is closed: in place on a terminal, else a line, or an object, for each that is there or changes. */
export async function watchSessions(client: TandemClient, io: Io, isJson: boolean): Promise<void> {
  const redraw = isJson ? undefined : io.redraw;
  const sessions = new Map<number, SessionSummary>();

  function note(session: SessionSummary): void {
    if (session.state === 'destroyed') sessions.delete(session.sessionId);
    else sessions.set(session.sessionId, session);
    if (isJson) io.json(session);
    else if (redraw === undefined) io.out(formatChange(session));
  }

  await client.subscribe('sessions', (update) => {
    if (update.type === 'snapshot') sessions.clear();
    (update.type === 'snapshot' ? update.sessions : [update.session]).forEach(note);
    redraw?.(formatSessions([...sessions.values()]));
  });
  await untilClosed(client);
}
