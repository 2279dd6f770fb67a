/** Two brokers on one memory air, an app on each, and as many sessions between them as a measurement wants. */
import { filter, firstValueFrom } from 'rxjs';
import { createBroker } from '../../src/broker/broker.js';
import type { App, Broker, CollaborateParameters, Want } from '../../src/broker/interface.js';
import { OnCollaborateResult, REQUIRED_PERMISSIONS, WantKeys } from '../../src/protocol/codes.js';
import type { ConnectResult } from '../../src/protocol/collaboration.js';
import { createAccount } from '../../src/transport/account.js';
import { type Clock, systemClock } from '../../src/transport/clock.js';
import { createMemoryAir } from '../../src/transport/memory.js';
import type { Transport } from '../../src/transport/transport.js';

export interface StageOptions {
  /** False: frames pass by reference (hand-over.ts). */
  readonly isSealed: boolean;
  readonly clock?: Clock;
  /** What carries the packets. Default: a memory air of its own. */
  readonly air?: { transport(deviceId: string): Transport };
}

export interface Stage {
  readonly caller: App;
  readonly answerer: App;
  /** Asks for one more session. */
  beginPair(): BegunPair;
  /** The same, until both ends are connected. */
  openPair(): Promise<Pair>;
  close(): Promise<void>;
}

/** The two ends of one session, by number. */
export interface Pair {
  readonly callerId: number;
  readonly answererId: number;
}

export interface BegunPair {
  readonly callerId: number;
  /** What `connect` gives. */
  readonly connected: Promise<ConnectResult>;
  /** The other end's number, once it is connected, too. */
  readonly answererId: Promise<number>;
}

/** Whom to tell the answerer's number, by service name. */
type Accepted = Map<string, (answererId: number) => void>;

export const APP = { bundleName: 'com.example.bench', moduleName: 'entry', abilityName: 'EntryAbility' };
/** Of the two devices. */
export const NAMES = { caller: 'kitchen', answerer: 'phone' };

/** One session is opened and destroyed at once, so that the link between the brokers is up. */
export async function createStage(options: StageOptions): Promise<Stage> {
  const stage = await createUnlinkedStage(options);
  destroyPair(stage, await stage.openPair());
  return stage;
}

/** The brokers know each other, and no more. */
export async function createUnlinkedStage({ isSealed, clock = systemClock, air }: StageOptions): Promise<Stage> {
  const space = air ?? createMemoryAir({ sealed: isSealed, clock });
  const account = createAccount();
  const start = (deviceId: string): Promise<Broker> =>
    createBroker({ deviceId, account, transport: space.transport(deviceId), clock });
  const [here, there] = [await start(NAMES.caller), await start(NAMES.answerer)];
  await Promise.all([here, there].map(seesAnother));

  const accepted: Accepted = new Map();
  const caller = here.registerApp({ ...APP, permissions: REQUIRED_PERMISSIONS });
  const answerer = registerAnswerer(there, accepted);
  let opened = 0;
  const stage: Stage = {
    caller,
    answerer,
    beginPair() {
      opened += 1;
      return beginPair(caller, NAMES.answerer, `service ${opened}`, accepted);
    },
    openPair: () => finishPair(stage.beginPair()),
    async close() {
      await Promise.all([here.close(), there.close()]);
    },
  };
  return stage;
}

/** Lets the chart at both ends go. */
export function destroyPair({ caller, answerer }: Stage, { callerId, answererId }: Pair): void {
  caller.abilityConnectionManager.destroyAbilityConnectionSession(callerId);
  answerer.abilityConnectionManager.destroyAbilityConnectionSession(answererId);
}

export async function openPairs(stage: Stage, count: number): Promise<Pair[]> {
  const pairs: Pair[] = [];
  while (pairs.length < count) pairs.push(await stage.openPair());
  return pairs;
}

/** Accepts every request to connect. */
export function registerAnswerer(broker: Broker, accepted: Accepted): App {
  const app = broker.registerApp({
    ...APP,
    permissions: REQUIRED_PERMISSIONS,
    onCollaborate: (want) => accept(app, want, accepted),
  });
  return app;
}

function seesAnother(broker: Broker): Promise<unknown> {
  return firstValueFrom(broker.devices$.pipe(filter((devices) => devices.length > 0)));
}

/** Every session has a service name of its own. */
export function beginPair(
  { abilityConnectionManager: calls, context }: App,
  deviceId: string,
  serviceName: string,
  accepted: Accepted,
): BegunPair {
  const peer = { deviceId, ...APP };
  const callerId = calls.createAbilityConnectionSession(serviceName, context, peer, { needSendData: true });
  const answererId = new Promise<number>((resolve) => accepted.set(serviceName, resolve));
  return { callerId, connected: calls.connect(callerId), answererId };
}

export async function finishPair({ callerId, connected, answererId }: BegunPair): Promise<Pair> {
  const result = await connected;
  if (!result.isConnected) throw new Error(`not connected: ${JSON.stringify(result)}`);
  return { callerId, answererId: await answererId };
}

function accept(app: App, want: Want, accepted: Accepted): OnCollaborateResult {
  const calls = app.abilityConnectionManager;
  const parameters = want[WantKeys.COLLABORATE_PARAMETERS] as CollaborateParameters; // untyped in the reference, too
  const { PeerInfo: peer, ConnectOptions: options } = parameters;
  const serviceName = peer.serviceName ?? '';
  const answererId = calls.createAbilityConnectionSession(serviceName, app.context, peer, options);
  void calls.acceptConnect(answererId, parameters[WantKeys.TOKEN]).then(() => {
    accepted.get(serviceName)?.(answererId);
    accepted.delete(serviceName);
  });
  return OnCollaborateResult.ACCEPT;
}
