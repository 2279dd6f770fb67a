/** The page of whoever is logged in: a bar, the list of sessions, and what is chosen from it. */
import { useEffect } from 'preact/hooks';
import { SessionList } from './list/session-list.js';
import type { Workbench } from './live/workbench.js';
import type { Access } from './login/access.js';
import { SessionPane } from './session/session-pane.js';
import { Start } from './start/start.js';
import { TopBar } from './top-bar.js';

interface Props {
  readonly workbench: Workbench;
  readonly access: Access;
}

export function WorkbenchView({ workbench, access }: Props) {
  const sessionId = workbench.route.sessionId.value;
  const demo = access.settings.value?.demo;
  useEffect(() => {
    // Without an answer the button stays away.
    if (demo !== undefined) workbench.demoAir.look().catch(() => {});
  }, [demo, workbench]);
  return (
    <div class={`frame ${sessionId === undefined ? 'shows-list' : 'shows-session'}`}>
      <a class="skip" href="#content">
        Skip to the session
      </a>
      <TopBar workbench={workbench} hasDemo={demo !== undefined} />
      <SessionList workbench={workbench} />
      <main id="content" class="content" tabIndex={-1}>
        {sessionId === undefined ? (
          <Start workbench={workbench} demo={demo} />
        ) : (
          <SessionPane key={sessionId} workbench={workbench} sessionId={sessionId} />
        )}
      </main>
    </div>
  );
}
