/** Login, or the workbench of whoever is logged in. */
import { useEffect, useState } from 'preact/hooks';
import { createWorkbench, type Workbench } from './live/workbench.js';
import type { Access } from './login/access.js';
import { Login } from './login/login.js';
import { WorkbenchView } from './workbench-view.js';

export function App({ access }: { readonly access: Access }) {
  const token = access.token.value;
  return token === undefined ? <Login access={access} /> : <LoggedIn key={token} token={token} access={access} />;
}

function LoggedIn({ token, access }: { readonly token: string; readonly access: Access }) {
  const [workbench, setWorkbench] = useState<Workbench>();
  useEffect(() => {
    const opened = createWorkbench(token, (why) => access.leave(why));
    setWorkbench(opened);
    return () => opened.close();
  }, [token, access]);
  if (workbench === undefined) return null;
  return <WorkbenchView workbench={workbench} access={access} />;
}
