/** Device A and device B of the API reference in one process, over noble and bleno on simulated controllers. Ends by itself with exit code 0. */
import { fileURLToPath } from 'node:url';
import { filter, firstValueFrom } from 'rxjs';
import { createBroker } from '../src/broker/broker.js';
import type { AppRegistration } from '../src/broker/interface.js';
import { REQUIRED_PERMISSIONS } from '../src/protocol/codes.js';
import { createAccount } from '../src/transport/account.js';
import { createAir } from '../src/transport/air/air.js';
import { createAirTransport } from '../src/transport/ble/air-transport.js';
import { runDeviceA } from './device-a.js';
import { EntryAbility } from './device-b.js';

/** The same application on both devices: an ordinary one, which may ask for streams as the reference's does. */
const application: AppRegistration = {
  bundleName: 'com.example.remotephotodemo',
  moduleName: 'entry',
  abilityName: 'EntryAbility',
  permissions: REQUIRED_PERMISSIONS,
};

export async function main(): Promise<void> {
  const air = createAir();
  const account = createAccount();
  const central = air.createAdapter({ name: 'phone' });
  const peripheral = air.createAdapter({ name: 'tablet' });
  const phone = await createBroker({ deviceId: 'phone', account, transport: createAirTransport(air, { central }) });
  const tablet = await createBroker({
    deviceId: 'tablet',
    account,
    transport: createAirTransport(air, { peripheral }),
  });

  const ability = new EntryAbility();
  const onCollaborate: AppRegistration['onCollaborate'] = (want) => ability.onCollaborate(want);
  ability.attach(tablet.registerApp({ ...application, onCollaborate }));

  await firstValueFrom(phone.devices$.pipe(filter((devices) => devices.length > 0)));
  await runDeviceA(phone.registerApp(application));
  await ability.ended;

  await phone.close();
  await tablet.close();
  air.close();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
