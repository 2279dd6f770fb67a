/** Apps that are driven over HTTP: no connection says that their client is still there, so each has a lease that its requests renew. */
import type { Principal } from '../../broker/tokens.js';
import type { EventType } from '../../protocol/calls.js';
import type { AppName } from '../../protocol/collaboration.js';
import { BrokerError } from '../../protocol/errors.js';
import { DEFAULT_LEASE_MS, MAX_LEASED_APPS } from '../../protocol/http-limits.js';
import type { Seats, TakenSeat } from '../seats.js';
import type { Timers } from '../timers.js';

export interface HttpApp {
  readonly name: AppName;
  readonly taken: TakenSeat;
  /** The lease does not run until what this returns was called; then it begins anew. */
  hold(): () => void;
  /** Listens to everything the app may hear of a session: over HTTP nobody asks for single events. */
  listen(sessionId: number): void;
}

export interface AppChoice {
  readonly onCollaborate?: boolean;
  readonly leaseMs?: number;
}

export interface HttpApps {
  /** Registers the app or renews its lease. Throws BrokerError `appInUse`, `tooManyAtOnce`, and what the broker throws on bad names. */
  put(principal: Principal, name: AppName, choice: AppChoice): LeasedSeat;
  /** Throws BrokerError `appNotRegistered`. */
  get(tokenId: string, moduleName: string, abilityName: string): HttpApp;
  ofToken(tokenId: string): readonly HttpApp[];
  end(app: HttpApp): void;
  endOf(tokenId: string): void;
  close(): void;
}

interface LeasedSeat extends HttpApp {
  readonly tokenId: string;
  readonly hasOnCollaborate: boolean;
  leaseMs: number;
  stop(): void;
}

export function createHttpApps({ seats, timers }: { readonly seats: Seats; readonly timers: Timers }): HttpApps {
  const apps = new Set<LeasedSeat>();

  function find(tokenId: string, moduleName: string, abilityName: string): LeasedSeat | undefined {
    for (const app of apps) {
      const { name } = app;
      if (app.tokenId === tokenId && name.moduleName === moduleName && name.abilityName === abilityName) return app;
    }
    return undefined;
  }

  function end(app: HttpApp): void {
    const leased = find((app as LeasedSeat).tokenId, app.name.moduleName, app.name.abilityName); // all of ours are
    if (leased === undefined) return;
    apps.delete(leased);
    leased.stop();
    const { seat } = leased.taken;
    const { outbox } = seat;
    leased.taken.end(outbox);
    outbox?.close('replaced');
  }

  function register(principal: Principal, name: AppName, hasOnCollaborate: boolean, leaseMs: number): LeasedSeat {
    if (ofToken(principal.tokenId).length >= MAX_LEASED_APPS)
      throw new BrokerError('tooManyAtOnce', 'Apps of this token.');
    const { taken } = seats.take({ principal, app: name, hasOnCollaborate, resume: undefined, outbox: undefined });
    const app = createLeasedSeat({ principal, name, taken, hasOnCollaborate, leaseMs, timers, onEnd: () => end(app) });
    apps.add(app);
    return app;
  }

  function ofToken(tokenId: string): LeasedSeat[] {
    return [...apps].filter((app) => app.tokenId === tokenId);
  }

  return {
    ofToken,
    end,
    put(principal, name, { onCollaborate, leaseMs }) {
      const present = find(principal.tokenId, name.moduleName, name.abilityName);
      const hasOnCollaborate = onCollaborate ?? present?.hasOnCollaborate ?? false;
      // An app that takes requests is another one than an app that does not, as in registerApp.
      if (present !== undefined && present.hasOnCollaborate !== hasOnCollaborate) end(present);
      else if (present !== undefined) {
        present.leaseMs = leaseMs ?? present.leaseMs;
        present.hold()();
        return present;
      }
      return register(principal, name, hasOnCollaborate, leaseMs ?? DEFAULT_LEASE_MS);
    },
    get(tokenId, moduleName, abilityName) {
      const app = find(tokenId, moduleName, abilityName);
      if (app === undefined)
        throw new BrokerError('appNotRegistered', `PUT /v1/apps/${moduleName}/${abilityName} registers it.`);
      return app;
    },
    endOf: (tokenId) => ofToken(tokenId).forEach(end),
    close: () => [...apps].forEach(end),
  };
}

interface LeasedSeatOptions {
  readonly principal: Principal;
  readonly name: AppName;
  readonly taken: TakenSeat;
  readonly hasOnCollaborate: boolean;
  readonly leaseMs: number;
  readonly timers: Timers;
  readonly onEnd: () => void;
}

function createLeasedSeat({ principal, name, taken, hasOnCollaborate, leaseMs, timers, onEnd }: LeasedSeatOptions) {
  const types = principal.isSystemApp ? [...EVENTS, 'collaborateEvent' as const] : EVENTS;
  let holds = 0;
  let isStopped = false;
  let timer = timers.setTimeout(onEnd, leaseMs);

  const app: LeasedSeat = {
    name,
    taken,
    tokenId: principal.tokenId,
    hasOnCollaborate,
    leaseMs,
    hold() {
      holds += 1;
      timers.clearTimeout(timer);
      return () => {
        holds -= 1;
        timers.clearTimeout(timer);
        if (holds === 0 && !isStopped) timer = timers.setTimeout(onEnd, app.leaseMs);
      };
    },
    listen(sessionId) {
      for (const type of types) taken.sessions.on(type, sessionId, 'binary');
    },
    stop() {
      isStopped = true;
      timers.clearTimeout(timer);
    },
  };
  return app;
}

const EVENTS: readonly EventType[] = ['connect', 'disconnect', 'receiveMessage', 'receiveData'];
