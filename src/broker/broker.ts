/** The broker of one device: its apps, their sessions and the devices they talk to. */
import { randomUUID } from 'node:crypto';
import { readFilledName } from '../protocol/arguments.js';
import { BrokerError } from '../protocol/errors.js';
import { MAX_DEVICE_ID_BYTES, MAX_DEVICE_NAME_BYTES } from '../protocol/limits.js';
import { accountTag, parseAccount } from '../transport/account.js';
import { type Clock, systemClock } from '../transport/clock.js';
import { createDeviceKeys, createPinnedKeys, type DeviceKeys, type PinnedKeys } from '../transport/device-keys.js';
import { type DeviceIdentity, loadSealing } from '../transport/open-frame-link.js';
import type { Presence, Transport } from '../transport/transport.js';
import { closeApp, createApp } from './app.js';
import type { StartableApp } from './app-starter.js';
import { type BrokerCore, createCore } from './core.js';
import { createCounters, noteDuration, readCounters } from './counters.js';
import { openDoorway } from './doorway.js';
import type { Broker } from './interface.js';
import { createLinkOpener } from './open-link.js';

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
  const { transport, clock = systemClock, pinnedKeys = createPinnedKeys() } = options;
  const identity = readIdentity(options);
  const { deviceId, deviceName } = identity;
  const presence = { deviceId, deviceName, accountTag: accountTag(identity.accountKey) };
  await loadSealing();
  const counters = createCounters();
  const onOpened = (tookMs: number): void => noteDuration(counters.linkOpenings, tookMs);
  const opener = createLinkOpener(transport, { identity, clock, pinnedKeys, onOpened });
  const core = createCore({
    identity,
    presence,
    transport,
    opener,
    counters,
    clock,
    startableApps: options.startableApps ?? [],
    isCollaborationEnabled: options.isCollaborationEnabled ?? true,
  });
  const { peers, radio, devices } = core;
  const radioWatch = radio.state$.subscribe(peers.setRadio);
  const hearingWatch = devices.sightings$.subscribe(peers.see);
  const closeDoorway = openDoorway({ incoming$: transport.incoming$, open: opener.answer, onLink: peers.offer });
  transport.announce(presence);
  return presentBroker(core, presence, async () => {
    closeDoorway();
    radioWatch.unsubscribe();
    hearingWatch.unsubscribe();
    closeCore(core);
    await transport.close();
  });
}

function presentBroker(core: BrokerCore, { deviceId, deviceName }: Presence, close: () => Promise<void>): Broker {
  const { apps, sessions, devices, radio } = core;
  let closing: Promise<void> | undefined;
  return {
    deviceId,
    deviceName,
    get radioState() {
      return radio.state();
    },
    radio$: radio.state$,
    devices$: devices.devices$,
    nearby$: devices.nearby$,
    sessions$: sessions.changes$,
    listDevices: devices.list,
    listKnownDevices: devices.known,
    listSessions: sessions.list,
    traces$: core.traces.traces$,
    traceSession: sessions.trace,
    counters: () => readCounters(core.counters, sessions.all(), core.peers.countLinks()),
    registerApp(registration) {
      if (closing !== undefined) throw new BrokerError('brokerClosed', 'The broker was closed.');
      return createApp(core, apps.add(registration));
    },
    close() {
      closing ??= close();
      return closing;
    },
  };
}

/** Apps first, so that their peers are told while there are links. */
function closeCore(core: BrokerCore): void {
  for (const app of core.apps.list()) closeApp(core, app);
  core.offers.clear();
  core.peers.close();
  core.sessions.close();
  core.traces.close();
  core.radio.close();
  core.devices.close();
  core.starter.close();
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
