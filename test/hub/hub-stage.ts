/** A hub in a kitchen and a phone, on a memory air, at a real MQTT broker; whatever waits, waits on simulated time. */
import { filter, firstValueFrom } from 'rxjs';
import { onTestFinished } from 'vitest';
import { SimulatedClock } from 'xstate';
import { createBroker } from '../../src/broker/broker.js';
import type { App, Broker } from '../../src/broker/interface.js';
import { createHub, type Hub } from '../../src/hub/hub.js';
import { type HubMemory, type HubStorage, type KnownLink, NOTHING_KNOWN } from '../../src/hub/hub-memory.js';
import { DEFAULT_DISCOVERY, HUB_APP, type HubService, type HubSettings } from '../../src/hub/settings.js';
import { linkSlugOf } from '../../src/hub/slug.js';
import { registerEchoApp } from '../../src/main/echo-app.js';
import { HUB_CLEAN_UP_MS } from '../../src/protocol/hub-limits.js';
import { createAccount } from '../../src/transport/account.js';
import { createMemoryAir, type MemoryAir } from '../../src/transport/memory.js';
import { turns } from '../support/time.js';
import { startMosquitto } from './mosquitto.js';
import { type Observer, observe } from './observer.js';

export const ECHO: HubService = {
  serviceName: 'doorbell',
  bundleName: 'tandem.echo',
  moduleName: 'entry',
  abilityName: 'EchoAbility',
  onRequest: 'button',
};

export interface Stage {
  readonly clock: SimulatedClock;
  readonly air: MemoryAir;
  readonly kitchen: Broker;
  readonly phone: Broker;
  readonly echo: App;
  /** A further device of the account. */
  addDevice(deviceId: string, deviceName?: string): Promise<Broker>;
}

/** All devices see each other. The phone runs the echo app. */
export async function createStage(): Promise<Stage> {
  const clock = new SimulatedClock();
  const air = createMemoryAir({ sealed: false, clock });
  const account = createAccount();

  async function addDevice(deviceId: string, deviceName = deviceId): Promise<Broker> {
    const broker = await createBroker({ deviceId, deviceName, account, transport: air.transport(deviceId), clock });
    onTestFinished(() => broker.close());
    return broker;
  }

  const kitchen = await addDevice('kitchen');
  const phone = await addDevice('phone', 'Phone A');
  const echo = registerEchoApp(phone);
  await firstValueFrom(kitchen.devices$.pipe(filter((devices) => devices.length > 0)));
  return { clock, air, kitchen, phone, echo, addDevice };
}

/** The link of the kitchen with a device, for the echo app. */
export function linkOf(
  deviceId: string,
  { serviceName, bundleName, moduleName, abilityName }: HubService = ECHO,
): string {
  return linkSlugOf(deviceId, serviceName, [bundleName, moduleName, abilityName]);
}

export interface RunningHub extends Hub {
  readonly log: readonly string[];
  readonly storage: HubStorage;
}

export interface HubChoice {
  readonly url: string;
  readonly broker?: Broker;
  readonly storage?: HubStorage;
  readonly settings?: Partial<HubSettings>;
  readonly server?: Partial<HubSettings['server']>;
  readonly random?: () => number;
}

/** Ended after the test. */
export async function startHub(stage: Stage, choice: HubChoice): Promise<RunningHub> {
  const { url, broker = stage.kitchen, storage = createStorage(), random = () => 0.5 } = choice;
  const log: string[] = [];
  const settings: HubSettings = {
    server: { url, version: '5', ...choice.server },
    base: 'tandem',
    discovery: DEFAULT_DISCOVERY,
    app: HUB_APP,
    services: [ECHO],
    ...choice.settings,
  };
  const hub = await createHub({
    broker,
    settings,
    version: '1.2.3',
    storage,
    timers: stage.clock,
    random,
    log: (line) => void log.push(line),
  });
  onTestFinished(() => hub.close());
  return { ...hub, log, storage };
}

/** Keeps links for the next run. */
export function createStorage(links: readonly KnownLink[] = []): HubStorage {
  let kept: HubMemory = { ...NOTHING_KNOWN, links };
  return {
    load: async () => kept,
    save(memory) {
      kept = memory;
    },
  };
}

/** Lets simulated time pass until the promise settles, however long the MQTT broker takes in real time. */
export async function passTimeUntil<T>(clock: SimulatedClock, promise: Promise<T>): Promise<T> {
  let isSettled = false;
  const noteSettled = (): void => {
    isSettled = true;
  };
  promise.then(noteSettled, noteSettled);
  while (!isSettled) {
    clock.increment(10);
    await turns(2);
  }
  return promise;
}

export const PHONE = linkOf('phone');
export const LINK = `tandem/kitchen/link/${PHONE}`;
export const BRIDGE = 'tandem/kitchen/bridge';

interface HomeChoice {
  /** False where a test puts broken messages there. */
  readonly isChecked?: boolean;
  /** Of mosquitto, see startMosquitto. */
  readonly access?: (directory: string) => Promise<readonly string[]>;
}

/** A hub on the air whose phone was discovered, and a home-automation hub beside it. */
export async function createHome(
  skip: (note: string) => void,
  { isChecked = true, access, ...choice }: Partial<HubChoice> & HomeChoice = {},
) {
  const mosquitto = await startMosquitto(skip, access);
  const stage = await createStage();
  const home = await observe(mosquitto.url, { isChecked });
  const hub = await startHub(stage, { url: mosquitto.url, ...choice });
  await home.when(`${LINK}/availability`, ({ text }) => text === 'online');
  await home.when(`${BRIDGE}/state`, ({ text }) => text === 'online');
  return { mosquitto, stage, home, hub };
}

export async function connectByButton(home: Observer): Promise<void> {
  const connected = home.next(`${LINK}/event`, ({ text }) => JSON.parse(text).event_type === 'connect');
  await home.send(`${LINK}/set/connect`, 'PRESS');
  await connected;
}

/** A request to the hub, and its answer. */
export async function ask(
  home: Observer,
  verb: string,
  body: object,
  bridge = BRIDGE,
): Promise<Record<string, unknown>> {
  const answered = home.next(`${bridge}/response/${verb}`);
  await home.send(`${bridge}/request/${verb}`, JSON.stringify(body));
  return JSON.parse((await answered).text);
}

/** Lets a hub that has just connected decide what of that which it found is left from before: when it answers, it has seen everything. */
export async function passCleanUp(clock: SimulatedClock, home: Observer, hubId = 'kitchen'): Promise<void> {
  const bridge = `tandem/${hubId}/bridge`;
  await home.when(`${bridge}/state`, ({ text }) => text === 'online');
  await ask(home, 'health_check', {}, bridge);
  clock.increment(HUB_CLEAN_UP_MS);
  await ask(home, 'health_check', {}, bridge);
}
