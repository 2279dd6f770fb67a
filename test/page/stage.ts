/** Two devices on the memory transport, the first with a gateway and its page, and apps on the second that answer as their names say. */
import { filter, firstValueFrom } from 'rxjs';
import { onTestFinished } from 'vitest';
import { createBroker } from '../../src/broker/broker.js';
import type { App, Broker, CollaborateParameters } from '../../src/broker/interface.js';
import { createTokenStore } from '../../src/broker/tokens.js';
import { createGateway } from '../../src/gateway/gateway.js';
import type { GatewayOptions } from '../../src/gateway/gateway-options.js';
import { registerEchoApp } from '../../src/main/echo-app.js';
import { OnCollaborateResult, REQUIRED_PERMISSIONS, WantKeys } from '../../src/protocol/codes.js';
import type { AppName } from '../../src/protocol/collaboration.js';
import type { Scope } from '../../src/protocol/scopes.js';
import { createAccount } from '../../src/transport/account.js';
import { createMemoryAir } from '../../src/transport/memory.js';
import type { Tab } from './browser.js';

export interface Stage {
  readonly kitchen: Broker;
  readonly phone: Broker;
  /** Of the page. */
  readonly address: string;
  createToken(scopes?: readonly Scope[]): Promise<string>;
}

export async function createStage(options: Pick<GatewayOptions, 'origins' | 'port'> = {}): Promise<Stage> {
  const air = createMemoryAir();
  const account = createAccount();
  const [kitchen, phone] = await Promise.all(
    ['kitchen', 'phone'].map((deviceId) =>
      createBroker({ deviceId, deviceName: deviceId, account, transport: air.transport(deviceId) }),
    ),
  );
  if (kitchen === undefined || phone === undefined) throw new Error('two were made');
  registerEchoApp(phone);
  registerRefusing(phone);
  phone.registerApp({ ...appNamed('Deaf'), permissions: REQUIRED_PERMISSIONS });
  await firstValueFrom(kitchen.devices$.pipe(filter((devices) => devices.length === 1)));

  const tokens = await createTokenStore();
  const gateway = await createGateway({ broker: kitchen, tokens, page: { directory: 'dist/page' }, ...options });
  onTestFinished(async () => {
    await gateway.close();
    await Promise.all([kitchen.close(), phone.close()]);
  });
  return {
    kitchen,
    phone,
    address: `http://127.0.0.1:${gateway.port}/`,
    async createToken(scopes = ['read', 'drive', 'admin']) {
      const grant = { name: 'page', bundleName: 'org.example.page', permissions: REQUIRED_PERMISSIONS };
      return (await tokens.create({ ...grant, isSystemApp: false, scopes })).token;
    },
  };
}

export function appNamed(abilityName: string): AppName {
  return { bundleName: 'org.example.phone', moduleName: 'entry', abilityName };
}

/** Says no, with a reason. */
function registerRefusing(phone: Broker): void {
  const app: App = phone.registerApp({
    ...appNamed('Refusing'),
    permissions: REQUIRED_PERMISSIONS,
    onCollaborate(want) {
      const asked = want[WantKeys.COLLABORATE_PARAMETERS] as CollaborateParameters; // so says the reference
      app.abilityConnectionManager.reject(asked[WantKeys.TOKEN], 'not while cooking');
      return OnCollaborateResult.ACCEPT;
    },
  });
}

export async function logIn({ page }: Tab, token: string): Promise<void> {
  await page.getByLabel('Access token').fill(token);
  await page.getByRole('button', { name: 'Log in' }).click();
}

/** Makes a session by the form of the start page. */
export async function makeSession({ page }: Tab, app: AppName, serviceName: string): Promise<void> {
  await page
    .getByRole('combobox', { name: 'Device' })
    .getByRole('option', { name: 'phone' })
    .waitFor({ state: 'attached' });
  await page.getByLabel('Service').fill(serviceName);
  await page.getByLabel('Bundle').fill(app.bundleName);
  await page.getByLabel('Module').fill(app.moduleName);
  await page.getByLabel('Ability').fill(app.abilityName);
  await page.getByRole('button', { name: 'Make the session' }).click();
}
