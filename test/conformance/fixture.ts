/** Two devices that share an account, kitchen and phone, with apps and sessions on them, on simulated time. */
import { filter, firstValueFrom } from 'rxjs';
import { onTestFinished } from 'vitest';
import { SimulatedClock } from 'xstate';
import { type BrokerOptions, createBroker } from '../../src/broker/broker.js';
import type {
  AbilityConnectionManager,
  App,
  AppRegistration,
  Broker,
  CollaborateParameters,
  SessionEventName,
  Want,
} from '../../src/broker/interface.js';
import { OnCollaborateResult, REQUIRED_PERMISSIONS } from '../../src/protocol/codes.js';
import type { ConnectOptions, EventCallbackInfo, PeerInfo } from '../../src/protocol/collaboration.js';
import { createAccount } from '../../src/transport/account.js';
import { createDeviceKeys, type DeviceKeys } from '../../src/transport/device-keys.js';
import { createMemoryAir, type MemoryAir } from '../../src/transport/memory.js';
import { createMailbox, type Mailbox } from './mailbox.js';

/** The reference starts the same application on both devices; so do the tests. */
export const APP = { bundleName: 'com.example.remotephotodemo', moduleName: 'entry', abilityName: 'EntryAbility' };
export const SERVICE = 'collabTest';
const WANT_KEY = 'ohos.extra.param.key.supportCollaborateIndex';
const TOKEN_KEY = 'ohos.dms.collabToken';

export interface Device {
  readonly name: string;
  readonly broker: Broker;
}

export interface StartedDevice extends Device {
  /** To start it anew as the same device. */
  readonly deviceKeys: DeviceKeys;
}

/** What devices have in common. */
export interface Surroundings {
  readonly clock: SimulatedClock;
  readonly air: MemoryAir;
  readonly account: string;
}

export interface Stage extends Surroundings {
  readonly kitchen: Device;
  readonly phone: Device;
}

/** How createStage gives them: with what it takes to start them anew. */
export interface Started {
  readonly kitchen: StartedDevice;
  readonly phone: StartedDevice;
}

export interface StageOptions {
  /** False: records pass by reference between the two brokers of this process. */
  readonly isSealed?: boolean;
  readonly isCollaborationEnabled?: boolean;
}

/** Both brokers run and see each other; everything is closed when the test ends. */
export async function createStage({
  isSealed = true,
  isCollaborationEnabled = true,
}: StageOptions = {}): Promise<Stage & Started> {
  const clock = new SimulatedClock();
  const around = { clock, air: createMemoryAir({ sealed: isSealed, clock }), account: createAccount() };
  const kitchen = await startDevice(around, 'kitchen', { isCollaborationEnabled });
  const phone = await startDevice(around, 'phone', { isCollaborationEnabled });
  await Promise.all([seesAnother(kitchen), seesAnother(phone)]);
  return { ...around, kitchen, phone };
}

export async function startDevice(
  { air, account, clock }: Surroundings,
  name: string,
  options: Pick<BrokerOptions, 'deviceKeys' | 'isCollaborationEnabled'> = {},
): Promise<StartedDevice> {
  const deviceKeys = options.deviceKeys ?? createDeviceKeys();
  const transport = air.transport(name);
  const broker = await createBroker({ ...options, deviceId: name, account, transport, clock, deviceKeys });
  onTestFinished(() => broker.close());
  return { name, broker, deviceKeys };
}

function seesAnother({ broker }: Device): Promise<unknown> {
  return firstValueFrom(broker.devices$.pipe(filter((devices) => devices.length > 0)));
}

/** An app with every permission, unless the test says otherwise. */
export function registerApp(device: Device, registration: Partial<AppRegistration> = {}): App {
  return device.broker.registerApp({ ...APP, permissions: REQUIRED_PERMISSIONS, ...registration });
}

export function peerOn(device: Device, changes: Partial<PeerInfo> = {}): PeerInfo {
  return { deviceId: device.name, ...APP, ...changes };
}

export interface SessionOptions {
  readonly serviceName?: string;
  readonly peer?: Partial<PeerInfo>;
  readonly connectOptions?: ConnectOptions;
}

/** A session of the app with the same app on the other device. */
export function createSession(app: App, other: Device, options: SessionOptions = {}): number {
  return app.abilityConnectionManager.createAbilityConnectionSession(
    options.serviceName ?? SERVICE,
    app.context,
    peerOn(other, options.peer),
    options.connectOptions ?? { needSendData: true },
  );
}

/** A request to connect, as the app on the far side gets it. */
export interface Offer {
  readonly want: Want;
  readonly parameters: CollaborateParameters;
  readonly token: string;
}

export interface Asked {
  readonly app: App;
  readonly offers: Mailbox<Offer>;
}

/** An app that collects the requests made to it and answers `result`: ACCEPT leaves the next step to the test. */
export function registerAskedApp(
  device: Device,
  registration: Partial<AppRegistration> = {},
  result: () => OnCollaborateResult | Promise<OnCollaborateResult> = () => OnCollaborateResult.ACCEPT,
): Asked {
  const offers = createMailbox<Offer>();
  const app = registerApp(device, {
    ...registration,
    onCollaborate: (want) => {
      const parameters = want[WANT_KEY] as CollaborateParameters; // the want is untyped in the reference, too
      offers.post({ want, parameters, token: parameters[TOKEN_KEY] });
      return result();
    },
  });
  return { app, offers };
}

/** What the reference's device B does with a request: a session from the want, and acceptConnect. */
export function acceptOffer(
  { app }: Asked,
  { parameters, token }: Offer,
): { sessionId: number; accepted: Promise<void> } {
  const { createAbilityConnectionSession, acceptConnect } = app.abilityConnectionManager;
  const { PeerInfo: peerInfo, ConnectOptions: options } = parameters;
  const sessionId = createAbilityConnectionSession(peerInfo.serviceName ?? SERVICE, app.context, peerInfo, options);
  return { sessionId, accepted: acceptConnect(sessionId, token) };
}

const EVENT_NAMES = ['connect', 'disconnect', 'receiveMessage', 'receiveData'] as const;

/** One end of a session, with everything it was ever told. */
export interface End {
  readonly device: Device;
  readonly app: App;
  readonly manager: AbilityConnectionManager;
  readonly sessionId: number;
  readonly heard: Readonly<Record<SessionEventName, Mailbox<EventCallbackInfo>>>;
}

/** Listens to every event of a session from now on. */
export function listen(device: Device, app: App, sessionId: number): End {
  const heard = {
    connect: createMailbox<EventCallbackInfo>(),
    disconnect: createMailbox<EventCallbackInfo>(),
    receiveMessage: createMailbox<EventCallbackInfo>(),
    receiveData: createMailbox<EventCallbackInfo>(),
  };
  const manager = app.abilityConnectionManager;
  for (const name of EVENT_NAMES) manager.on(name, sessionId, heard[name].post);
  return { device, app, manager, sessionId, heard };
}

export interface Pair {
  readonly kitchen: End;
  readonly phone: End;
}

/** An app of each device, and a session between them that the kitchen opened; both ends listen. */
export async function connectedPair(
  stage: Pick<Stage, 'kitchen' | 'phone'>,
  options: SessionOptions & { readonly registration?: Partial<AppRegistration> } = {},
): Promise<Pair> {
  const caller = registerApp(stage.kitchen, options.registration);
  const asked = registerAskedApp(stage.phone, options.registration);
  return connectBetween(stage, caller, asked, options);
}

/** One more session between two apps that are there already. */
export async function connectBetween(
  { kitchen, phone }: Pick<Stage, 'kitchen' | 'phone'>,
  caller: App,
  asked: Asked,
  options: SessionOptions = {},
): Promise<Pair> {
  const sessionId = createSession(caller, phone, options);
  const callingEnd = listen(kitchen, caller, sessionId);
  const connecting = caller.abilityConnectionManager.connect(sessionId);
  const accepting = acceptOffer(asked, await asked.offers.next());
  const answeringEnd = listen(phone, asked.app, accepting.sessionId);
  const [result] = await Promise.all([connecting, accepting.accepted]);
  if (!result.isConnected) throw new Error(`not connected: ${JSON.stringify(result)}`);
  return { kitchen: callingEnd, phone: answeringEnd };
}

/** A request of the kitchen's app that waits for an answer of the phone's app. */
export async function createOffer() {
  const stage = await createStage();
  const asked = registerAskedApp(stage.phone);
  const caller = registerApp(stage.kitchen);
  const calling = listen(stage.kitchen, caller, createSession(caller, stage.phone));
  const connecting = calling.manager.connect(calling.sessionId);
  const offer = await asked.offers.next();
  return { stage, asked, calling, connecting, offer, manager: asked.app.abilityConnectionManager };
}
