/** What the broker tells a hub, as long as the hub runs. */
import { combineLatest, distinctUntilChanged, filter, Subscription, skip } from 'rxjs';
import type { Broker } from '../broker/interface.js';
import type { AppName } from '../protocol/collaboration.js';
import type { Bridge } from './bridge.js';
import type { HubLinks } from './hub-links.js';

/** `app` is that of the hub: sessions of others are not its business. */
export function watchBroker(broker: Broker, app: AppName, links: HubLinks, bridge: Bridge): Subscription {
  const watches = new Subscription();
  const radio$ = broker.radio$.pipe(distinctUntilChanged());
  // What is heard counts only while the radio is on.
  watches.add(
    combineLatest([broker.nearby$, radio$]).subscribe(([devices, radio]) => {
      links.see(radio === 'poweredOn' ? devices : []);
    }),
  );
  watches.add(radio$.pipe(skip(1)).subscribe(bridge.noteRadio));
  watches.add(
    broker.sessions$.pipe(filter((session) => isSameApp(session.app, app))).subscribe((summary) => {
      links.ofSession(summary.sessionId)?.session.note(summary);
      bridge.noteSession(summary);
    }),
  );
  return watches;
}

function isSameApp(some: AppName, other: AppName): boolean {
  return (
    some.bundleName === other.bundleName &&
    some.moduleName === other.moduleName &&
    some.abilityName === other.abilityName
  );
}
