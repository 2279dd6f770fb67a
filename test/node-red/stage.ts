/** Two devices on a memory air, and a gateway that can go away and come back. */
import { filter, firstValueFrom } from 'rxjs';
import { createBroker } from '../../src/broker/broker.js';
import type { Broker } from '../../src/broker/interface.js';
import { createTokenStore } from '../../src/broker/tokens.js';
import { createGateway, type Gateway } from '../../src/gateway/gateway.js';
import { registerEchoApp } from '../../src/main/echo-app.js';
import { REQUIRED_PERMISSIONS } from '../../src/protocol/codes.js';
import { createAccount } from '../../src/transport/account.js';
import { createMemoryAir } from '../../src/transport/memory.js';

/** The bundle of the token that Node-RED has. */
export const BUNDLE = 'org.nodered';

export interface Stage {
  readonly phone: Broker;
  readonly url: string;
  readonly token: string;
  /** Ends the gateway, with its apps. */
  leave(): Promise<void>;
  /** Starts it again at the same address. */
  comeBack(): Promise<void>;
  close(): Promise<void>;
}

export async function createStage(): Promise<Stage> {
  const air = createMemoryAir();
  const account = createAccount();
  const start = (deviceId: string, deviceName: string): Promise<Broker> =>
    createBroker({ deviceId, deviceName, account, transport: air.transport(deviceId) });
  const [kitchen, phone] = await Promise.all([start('kitchen', 'Kitchen'), start('phone-1', 'phone')]);
  registerEchoApp(phone);
  for (const { devices$ } of [kitchen, phone])
    await firstValueFrom(devices$.pipe(filter(({ length }) => length === 1)));

  const tokens = await createTokenStore();
  const { token } = await tokens.create({
    name: 'Node-RED',
    bundleName: BUNDLE,
    permissions: REQUIRED_PERMISSIONS,
    isSystemApp: false,
    scopes: ['read', 'drive'],
  });
  // Long enough for a Node-RED that starts anew on a busy machine.
  const limits = { appGraceMs: 120_000 };
  let gateway: Gateway = await createGateway({ broker: kitchen, tokens, limits });
  const { url, port } = gateway;
  return {
    phone,
    url,
    token,
    leave: () => gateway.close(),
    async comeBack() {
      gateway = await createGateway({ broker: kitchen, tokens, limits, port });
    },
    async close() {
      await gateway.close();
      await Promise.all([kitchen.close(), phone.close()]);
    },
  };
}
