/** What is known of the session at the moment that is looked at, and what its last event changed. Tokens and payload are never in it. */
import type { SessionSummary } from '../../client/client.js';
import { type Change, changesBetween } from '../trace/replay.js';
import type { SessionWatch } from '../trace/session-watch.js';

interface Props {
  readonly watch: SessionWatch;
  readonly session: SessionSummary;
}

export function Inspector({ watch, session }: Props) {
  const moment = watch.moment.value;
  const changes = changesBetween(watch.before.value, moment);
  const changed = new Set(changes.map(({ name }) => name));
  const facts = Object.entries(moment.facts).sort(([one], [other]) => one.localeCompare(other));
  return (
    <section class="card inspector" aria-label="Context">
      <h3>Context after event {moment.offset}</h3>
      <Changes changes={changes} entryName={moment.entry?.name} />
      <dl class="facts">
        {[...identityOf(session), ...facts].map(([name, fact]) => (
          <div key={name} class={changed.has(name) ? 'fact is-changed' : 'fact'}>
            <dt>{name}</dt>
            <dd>{String(fact)}</dd>
          </div>
        ))}
      </dl>
      <p class="hint">Tokens, keys and payload never leave the broker: sizes and counts only.</p>
    </section>
  );
}

interface ChangesProps {
  readonly changes: readonly Change[];
  readonly entryName: string | undefined;
}

function Changes({ changes, entryName }: ChangesProps) {
  if (entryName === undefined) return <p class="quiet">Nothing has happened yet.</p>;
  return (
    <div class="changes">
      <p>
        <code>{entryName}</code> {changes.length === 0 ? 'changed nothing that is kept.' : 'changed:'}
      </p>
      {changes.length > 0 && (
        <ul>
          {changes.map(({ name, before, after }) => (
            <li key={name}>
              <span class="change-name">{name}</span> {before !== undefined && <del>{String(before)}</del>}{' '}
              <ins>{String(after)}</ins>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** What a session is for all its life. */
function identityOf({ app, peer, peerDeviceName, role }: SessionSummary): (readonly [string, string])[] {
  return [
    ['app', `${app.bundleName} / ${app.moduleName} / ${app.abilityName}`],
    ['peer.app', `${peer.bundleName} / ${peer.moduleName} / ${peer.abilityName}`],
    ['peer.deviceId', peer.deviceId],
    ...(peerDeviceName === undefined ? [] : [['peer.deviceName', peerDeviceName] as const]),
    ...(role === undefined ? [] : [['role', role] as const]),
  ];
}
