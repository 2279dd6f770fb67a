/** A registered app's handle: what its code works with. */
import { createAbilityConnectionManager } from './ability-connection-manager.js';
import type { RegisteredApp } from './apps.js';
import { pauseDelivery } from './calls.js';
import type { BrokerCore } from './core.js';
import type { App, DistributedDeviceManager } from './interface.js';

export function createApp(core: BrokerCore, app: RegisteredApp): App {
  return {
    context: app.context,
    abilityConnectionManager: createAbilityConnectionManager(core, app),
    distributedDeviceManager: createDistributedDeviceManager(core),
    pauseDelivery: () => pauseDelivery(core, app, true),
    resumeDelivery: () => pauseDelivery(core, app, false),
    get isDeliveryPaused() {
      return app.isPaused;
    },
    close: () => closeApp(core, app),
  };
}

/** Copies, so that no app changes what the others see. */
function createDistributedDeviceManager({ devices }: BrokerCore): DistributedDeviceManager {
  const manager: DistributedDeviceManager = {
    createDeviceManager: () => manager,
    getAvailableDeviceListSync: () => devices.list().map((device) => ({ ...device })),
  };
  return manager;
}

/** The peers of its sessions see PEER_APP_EXIT. */
export function closeApp({ apps, sessions }: BrokerCore, app: RegisteredApp): void {
  if (app.isClosed) return;
  apps.remove(app);
  for (const session of sessions.ofApp(app)) session.actor.send({ type: 'app.exit' });
}
