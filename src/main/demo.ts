/** The second device of `tandem start --demo`, and the air it shares with the first. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filter, firstValueFrom, fromEvent, map, merge, of, timer } from 'rxjs';
import { createBroker } from '../broker/broker.js';
import type { Broker } from '../broker/interface.js';
import type { DemoControl } from '../gateway/page/page-options.js';
import { type Air, createAir } from '../transport/air/air.js';
import { serveAir } from '../transport/air/air-server.js';
import { createBluetoothTransport } from '../transport/ble/bluetooth.js';
import { registerDemoReceiver } from './demo-receiver.js';
import { ECHO_APP, ECHO_SERVICE, registerEchoApp } from './echo-app.js';
import { deviceIdOf, openDeviceKeys } from './key-files.js';
import { StateFile } from './state-directory.js';

/** Its name. */
export const PHONE = 'phone';
/** How long the first device may take to hear the phone before the demo goes on without, in milliseconds. */
const MEETING_TIMEOUT_MS = 15_000;

/** Simulated controllers behind a socket, for the radio processes of both devices. */
export interface DemoAir {
  readonly path: string;
  readonly isCut: boolean;
  /** Cut, no device hears another, also one that joins later; their links end by themselves. */
  setCut(isCut: boolean): void;
  close(): Promise<void>;
}

/** At the place of `tandem air`, so that further devices find it. Only this user may enter its directory: whoever reaches the socket hears every packet. */
export async function startDemoAir(stateDirectory: string): Promise<DemoAir> {
  const air = createAir();
  const { server, path, temporary } = await serveDemoAir(air, stateDirectory);
  let isCut = false;

  function apply(): void {
    for (const [one, other] of pairsOf(air.adapters)) {
      if (isCut) air.partition(one, other);
      else air.heal(one, other);
    }
  }

  const joins = server.events$.pipe(filter(({ type }) => type === 'joined')).subscribe(apply);
  return {
    path,
    get isCut() {
      return isCut;
    },
    setCut(isCutNow) {
      isCut = isCutNow;
      apply();
    },
    async close() {
      joins.unsubscribe();
      await server.close();
      air.close();
      if (temporary !== undefined) await rm(temporary, { recursive: true, force: true });
    },
  };
}

/** In a directory of its own where the usual place does not serve: another air is there, or the path is too long for a socket. */
async function serveDemoAir(air: Air, stateDirectory: string) {
  const usual = join(stateDirectory, StateFile.air);
  const server = await serveAir(air, { path: usual }).catch(() => undefined);
  if (server !== undefined) return { server, path: usual, temporary: undefined };
  const temporary = await mkdtemp(join(tmpdir(), 'tandem-air-'));
  const path = join(temporary, StateFile.air);
  return { server: await serveAir(air, { path }), path, temporary };
}

function pairsOf<Item>(items: readonly Item[]): (readonly [Item, Item])[] {
  return items.flatMap((one, index) => items.slice(index + 1).map((other) => [one, other] as const));
}

/** What the page may do with the demo. */
export function demoControlOf(air: DemoAir): DemoControl {
  return {
    settings: { deviceName: PHONE, app: ECHO_APP, serviceName: ECHO_SERVICE },
    get isAirCut() {
      return air.isCut;
    },
    setAirCut: air.setCut,
  };
}

export interface PhoneOptions {
  readonly directory: string;
  /** That of the first device: they trust each other. */
  readonly account: string;
  readonly air: DemoAir;
  /** What its app does. */
  log(line: string): void;
}

/** A device with the echo app, and one that takes files without keeping them. Its keys are kept, so that the first device knows it again in the next demo. */
export async function startPhone({ directory, account, air, log }: PhoneOptions): Promise<Broker> {
  const deviceKeys = await openDeviceKeys(join(directory, StateFile.demoKeys));
  const deviceId = deviceIdOf(deviceKeys);
  const phone = await createBroker({
    deviceId,
    deviceName: PHONE,
    account,
    deviceKeys,
    transport: createBluetoothTransport({ peripheral: { type: 'h4', path: air.path, name: PHONE }, log }),
  });
  registerEchoApp(phone, log);
  registerDemoReceiver(phone, log);
  return phone;
}

/** Whether the first device hears the phone; gives up after a while, and when asked to end. */
export function untilMet(first: Broker, phone: Broker, signal: AbortSignal): Promise<boolean> {
  const met = first.devices$.pipe(
    filter((devices) => devices.some(({ deviceId }) => deviceId === phone.deviceId)),
    map(() => true),
  );
  const tooLate = timer(MEETING_TIMEOUT_MS).pipe(map(() => false));
  const ended = signal.aborted ? of(false) : fromEvent(signal, 'abort').pipe(map(() => false));
  return firstValueFrom(merge(met, tooLate, ended), { defaultValue: false });
}
