/** Two devices with a gateway each, real sockets on loopback, and simulated time for everything that waits. */
import { filter, firstValueFrom } from 'rxjs';
import { onTestFinished } from 'vitest';
import { SimulatedClock } from 'xstate';
import { createBroker } from '../../src/broker/broker.js';
import type { Broker } from '../../src/broker/interface.js';
import { createTokenStore, type Grant, type TokenStore } from '../../src/broker/tokens.js';
import { createGateway, type Gateway } from '../../src/gateway/gateway.js';
import type { GatewayOptions } from '../../src/gateway/gateway-options.js';
import type { Logger } from '../../src/gateway/logger.js';
import type { MethodResult } from '../../src/protocol/calls.js';
import { REQUIRED_PERMISSIONS } from '../../src/protocol/codes.js';
import { createAccount } from '../../src/transport/account.js';
import { createMemoryAir } from '../../src/transport/memory.js';
import { createMailbox, type Mailbox } from '../conformance/mailbox.js';
import { CallFailed, openRaw, type Params, type RawClient } from './raw-client.js';

export const BUNDLE = 'com.example.remotephotodemo';
export const APP = { moduleName: 'entry', abilityName: 'EntryAbility' };
const WANT_KEY = 'ohos.extra.param.key.supportCollaborateIndex';
const TOKEN_KEY = 'ohos.dms.collabToken';

export interface Station {
  readonly broker: Broker;
  readonly tokens: TokenStore;
  readonly gateway: Gateway;
  readonly log: LogBook;
}

export interface Stage {
  readonly clock: SimulatedClock;
  readonly kitchen: Station;
  readonly phone: Station;
}

export type StationOptions = Pick<GatewayOptions, 'limits' | 'origins' | 'page' | 'trustedProxies' | 'hub' | 'version'>;

export async function createStage(options: StationOptions = {}): Promise<Stage> {
  const clock = new SimulatedClock();
  const air = createMemoryAir({ sealed: false, clock });
  const account = createAccount();

  async function start(deviceId: string, deviceName: string): Promise<Station> {
    const broker = await createBroker({ deviceId, deviceName, account, transport: air.transport(deviceId), clock });
    const tokens = await createTokenStore();
    const log = createLogBook();
    const gateway = await createGateway({ broker, tokens, timers: clock, logger: log, ...options });
    onTestFinished(async () => {
      await gateway.close();
      await broker.close();
    });
    return { broker, tokens, gateway, log };
  }

  const [kitchen, phone] = await Promise.all([start('kitchen', 'Kitchen'), start('phone', 'Phone')]);
  for (const { broker } of [kitchen, phone]) {
    await firstValueFrom(broker.devices$.pipe(filter((devices) => devices.length > 0)));
  }
  return { clock, kitchen, phone };
}

export async function createToken(station: Station, changes: Partial<Grant> = {}): Promise<string> {
  const grant: Grant = {
    name: 'tester',
    bundleName: BUNDLE,
    permissions: REQUIRED_PERMISSIONS,
    isSystemApp: false,
    scopes: ['read', 'drive'],
    ...changes,
  };
  const { token } = await station.tokens.create(grant);
  return token;
}

/** A client that has authenticated. */
export async function openClient(station: Station, changes: Partial<Grant> = {}): Promise<RawClient> {
  const client = await openRaw(station.gateway.url);
  await client.call('authenticate', { token: await createToken(station, changes) });
  return client;
}

/** A client that speaks for an app. */
export async function openApp(station: Station, app: Params = {}, changes: Partial<Grant> = {}): Promise<RawClient> {
  const client = await openClient(station, changes);
  await client.call('registerApp', { ...APP, onCollaborate: true, ...app });
  return client;
}

export function createSession(
  client: RawClient,
  deviceId: string,
  serviceName = 'collabTest',
  app: Params = {},
): Promise<number> {
  return client.call('createAbilityConnectionSession', {
    serviceName,
    peerInfo: { deviceId, bundleName: BUNDLE, ...APP, ...app },
    connectOptions: { needSendData: true },
  }) as Promise<number>; // the table says so
}

/** One end of a session. */
export interface End {
  readonly client: RawClient;
  readonly sessionId: number;
}

/** Both apps, and a session between them that the kitchen opened; both ends listen to everything. */
export async function connectedPair(stage: Stage): Promise<{ readonly kitchen: End; readonly phone: End }> {
  const phone = await openApp(stage.phone);
  const kitchen = await openApp(stage.kitchen);
  return connectBetween(kitchen, phone);
}

/** One more session between two apps that are there already. */
export async function connectBetween(
  kitchen: RawClient,
  phone: RawClient,
  serviceName = 'collabTest',
  app: Params = {},
): Promise<{ readonly kitchen: End; readonly phone: End }> {
  const sessionId = await createSession(kitchen, 'phone', serviceName, app);
  await listen(kitchen, sessionId);
  const connecting = kitchen.call('connect', { sessionId });
  const accepted = await acceptNext(phone, serviceName, app);
  const result = (await connecting) as MethodResult<'connect'>; // the table says so
  if (!result.isConnected) throw new Error(`not connected: ${JSON.stringify(result)}`);
  return { kitchen: { client: kitchen, sessionId }, phone: { client: phone, sessionId: accepted } };
}

/** Answers the next request with a session of its own, as the reference's device B does. */
export async function acceptNext(client: RawClient, serviceName = 'collabTest', app: Params = {}): Promise<number> {
  const token = tokenOf(await client.notifications('collaborate').next());
  const sessionId = await createSession(client, 'kitchen', serviceName, app);
  await listen(client, sessionId);
  await client.call('acceptConnect', { sessionId, token });
  return sessionId;
}

/** The token in the parameters of a `collaborate`. */
export function tokenOf({ want }: Params): string {
  const parameters = (want as Params)[WANT_KEY] as Params; // as the reference's want is built
  return String(parameters[TOKEN_KEY]);
}

async function listen(client: RawClient, sessionId: number): Promise<void> {
  for (const type of ['connect', 'disconnect', 'receiveMessage', 'receiveData']) {
    await client.call('on', { type, sessionId });
  }
}

/** The error that a call is answered with. */
export async function failureOf(call: Promise<unknown>): Promise<{ code: number; kind: string | undefined }> {
  try {
    await call;
  } catch (failure) {
    if (failure instanceof CallFailed) return { code: failure.error.code, kind: failure.error.data?.kind };
    throw failure;
  }
  throw new Error('the call did not fail');
}

/** A logger that a test can wait for. */
export interface LogBook extends Logger {
  /** The lines with these words, in order. */
  lines(words: string): Mailbox<object>;
}

function createLogBook(): LogBook {
  const boxes = new Map<string, Mailbox<object>>();

  function lines(words: string): Mailbox<object> {
    const box = boxes.get(words) ?? createMailbox<object>();
    boxes.set(words, box);
    return box;
  }

  const note = (fields: object, words: string): void => lines(words).post(fields);
  return { lines, info: note, warn: note, error: note };
}
