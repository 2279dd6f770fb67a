/** The parts of one broker, and what the calls of every app share. */
import { LINK_LINGER_MS, ONLY_LINK_LINGER_MS } from '../protocol/limits.js';
import type { Clock } from '../transport/clock.js';
import type { DeviceIdentity } from '../transport/open-frame-link.js';
import type { Presence, Transport } from '../transport/transport.js';
import { type Announcer, createAnnouncer } from './announcer.js';
import { type AppStarter, createAppStarter, type StartableApp } from './app-starter.js';
import { type Apps, createApps } from './apps.js';
import { type Counters, keepTotals } from './counters.js';
import { type Devices, watchDevices } from './devices.js';
import { explain } from './explain.js';
import { createFarSide, type FarSide } from './far-side.js';
import { createFrameHandler } from './frames.js';
import { createOffers, type Offers } from './offers.js';
import type { LinkOpener } from './open-link.js';
import { createPeers, type Peers } from './peers.js';
import { type Radio, watchRadio } from './radio.js';
import { provideSessionEffects } from './session-effects.js';
import { createSessions, type Sessions } from './sessions.js';
import { createTraces, type Traces } from './traces.js';

export interface BrokerCore {
  readonly deviceId: string;
  readonly clock: Clock;
  readonly traces: Traces;
  /** False: every create gives 801. Source: reference-behaviour 6, device-management control. */
  readonly isCollaborationEnabled: boolean;
  readonly apps: Apps;
  readonly starter: AppStarter;
  readonly sessions: Sessions;
  readonly offers: Offers;
  readonly farSide: FarSide;
  readonly peers: Peers;
  readonly announcer: Announcer;
  readonly radio: Radio;
  readonly devices: Devices;
  readonly counters: Counters;
}

export interface CoreOptions {
  readonly identity: DeviceIdentity;
  readonly presence: Presence;
  readonly transport: Transport;
  readonly opener: LinkOpener;
  readonly counters: Counters;
  readonly clock: Clock;
  readonly startableApps: readonly StartableApp[];
  readonly isCollaborationEnabled: boolean;
}

export function createCore(given: CoreOptions): BrokerCore {
  const { identity, presence, transport, opener, counters, clock, ...options } = given;
  const { deviceId } = identity;
  const traces = createTraces(identity.epoch);
  const peers = createPeers({
    deviceId,
    clock,
    openLink: opener.dial,
    lingerMs: transport.holdsOneLink ? ONLY_LINK_LINGER_MS : LINK_LINGER_MS,
    isAsking: (id) => transport.isAsking?.(id) ?? false,
    onFrames: (peer, frames) => receive(peer, frames),
  });
  const announcer = createAnnouncer();
  const devices = watchDevices({ transport, self: presence, linked$: peers.linked$, clock });
  const sessions = createSessionsOver(peers, { announcer, traces, counters, clock, devices });
  const offers = createOffers(clock);
  const apps = createApps();
  const starter = createAppStarter(options.startableApps);
  const farSide = createFarSide({ apps, starter, sessions, offers, findPeer: peers.find });
  const receive = createFrameHandler({ sessions, offers, farSide, announcer });
  return {
    deviceId,
    clock,
    traces,
    isCollaborationEnabled: options.isCollaborationEnabled,
    apps,
    starter,
    sessions,
    offers,
    farSide,
    peers,
    announcer,
    radio: watchRadio(transport, peers.noteRadio),
    counters,
    devices,
  };
}

type SessionParts = Pick<BrokerCore, 'announcer' | 'traces' | 'counters' | 'clock' | 'devices'>;

/** Sessions and peers need each other: an effect finds its session by number, when it runs. */
function createSessionsOver(peers: Peers, { announcer, traces, counters, clock, devices }: SessionParts): Sessions {
  const sessions: Sessions = createSessions({
    clock,
    traces,
    nameOf: devices.nameOf,
    explain: (session, outcome) => explain(session, outcome, { peers, devices }),
    onRest: peers.detach,
    onDestroyed: (session) => keepTotals(counters, session),
    machine: provideSessionEffects({
      find: (sessionId) => sessions.expect(sessionId),
      findPeer: peers.find,
      announcer,
    }),
  });
  return sessions;
}
