/** The broker of one device: its apps, their sessions and the devices they talk to. */
import { randomUUID } from 'node:crypto';
import { BrokerError } from '../protocol/errors.js';
import { MAX_DEVICE_ID_BYTES, MAX_DEVICE_NAME_BYTES } from '../protocol/limits.js';
import { accountTag, parseAccount } from '../transport/account.js';
import { type Clock, systemClock } from '../transport/clock.js';
import { createDeviceKeys, createPinnedKeys, type DeviceKeys, type PinnedKeys } from '../transport/device-keys.js';
import type { DeviceIdentity } from '../transport/open-frame-link.js';
import type { Transport } from '../transport/transport.js';
import { type Announcer, createAnnouncer } from './announcer.js';
import { closeApp, createApp } from './app.js';
import { createAppStarter, type StartableApp } from './app-starter.js';
import { createApps } from './apps.js';
import { readFilledName } from './arguments.js';
import type { BrokerCore } from './core.js';
import { watchDevices } from './devices.js';
import { openDoorway } from './doorway.js';
import { createFarSide } from './far-side.js';
import { createFrameHandler } from './frames.js';
import type { Broker } from './interface.js';
import { createOffers } from './offers.js';
import { createLinkOpener } from './open-link.js';
import { createPeers, type Peers } from './peers.js';
import { watchRadio } from './radio.js';
import { provideSessionEffects } from './session-effects.js';
import { createSessions, type Sessions } from './sessions.js';

export interface BrokerOptions {
  /** Unique among the devices of the account. */
  readonly deviceId: string;
  /** For people; the device id if left out. */
  readonly deviceName?: string;
  /** What createAccount gave: a secret. Devices that share it trust each other. */
  readonly account: string;
  readonly transport: Transport;
  /** Keep them between starts, or peers that know this device refuse it ('key-changed'). Fresh ones if left out. */
  readonly deviceKeys?: DeviceKeys;
  /** Keys of the devices met before. None if left out. */
  readonly pinnedKeys?: PinnedKeys;
  /** Apps that are started when a peer asks for them. */
  readonly startableApps?: readonly StartableApp[];
  /** False: every createAbilityConnectionSession gives 801. */
  readonly isCollaborationEnabled?: boolean;
  readonly clock?: Clock;
}

/** Starts a broker; other devices see it from then on. Rejects with BrokerError `invalidParameter` on a bad id, name or account. */
export async function createBroker(options: BrokerOptions): Promise<Broker> {
  const { transport, clock = systemClock } = options;
  const identity = readIdentity(options);
  const { deviceId, deviceName } = identity;
  const opener = createLinkOpener(transport, { identity, clock, pinnedKeys: options.pinnedKeys ?? createPinnedKeys() });
  const presence = { deviceId, deviceName, accountTag: accountTag(identity.accountKey) };

  const offers = createOffers(clock);
  const peers = createPeers({
    deviceId,
    clock,
    openLink: opener.dial,
    onFrames: (peer, frames) => receive(peer, frames),
  });
  const announcer = createAnnouncer();
  const sessions = createSessionsOver(peers, announcer, clock);
  const apps = createApps();
  const starter = createAppStarter(options.startableApps ?? []);
  const farSide = createFarSide({ apps, starter, sessions, offers, findPeer: peers.find });
  const receive = createFrameHandler({ sessions, offers, farSide, announcer });

  const radio = watchRadio(transport);
  const radioWatch = radio.state$.subscribe(peers.setRadio);
  const devices = watchDevices(transport, presence);
  const closeDoorway = openDoorway({ incoming$: transport.incoming$, open: opener.answer, onLink: peers.offer });
  transport.announce(presence);

  const core: BrokerCore = {
    deviceId,
    isCollaborationEnabled: options.isCollaborationEnabled ?? true,
    apps,
    sessions,
    offers,
    farSide,
    peers,
    announcer,
    radioState: radio.state,
    listDevices: devices.list,
  };
  let closing: Promise<void> | undefined;

  async function close(): Promise<void> {
    for (const app of apps.list()) closeApp(core, app);
    closeDoorway();
    radioWatch.unsubscribe();
    offers.clear();
    peers.close();
    sessions.close();
    radio.close();
    devices.close();
    starter.close();
    await transport.close();
  }

  return {
    deviceId,
    deviceName,
    get radioState() {
      return radio.state();
    },
    radio$: radio.state$,
    devices$: devices.devices$,
    sessions$: sessions.changes$,
    listDevices: devices.list,
    listSessions: sessions.list,
    registerApp(registration) {
      if (closing !== undefined) throw new BrokerError('brokerClosed', 'The broker was closed.');
      return createApp(core, apps.add(registration));
    },
    close: () => (closing ??= close()),
  };
}

/** Sessions and peers need each other: a session asks for its peer by number, when one of its actions runs. */
function createSessionsOver(peers: Peers, announcer: Announcer, clock: Clock): Sessions {
  const sessions: Sessions = createSessions({
    clock,
    onRest: peers.detach,
    machine: provideSessionEffects({
      find: (sessionId) => sessions.expect(sessionId),
      findPeer: peers.find,
      announcer,
    }),
  });
  return sessions;
}

function readIdentity(options: BrokerOptions): DeviceIdentity {
  const deviceId = readFilledName(options.deviceId, 'deviceId', MAX_DEVICE_ID_BYTES);
  return {
    deviceId,
    deviceName: readFilledName(options.deviceName ?? deviceId, 'deviceName', MAX_DEVICE_NAME_BYTES),
    epoch: randomUUID(),
    accountKey: parseAccount(options.account),
    keys: options.deviceKeys ?? createDeviceKeys(),
  };
}
