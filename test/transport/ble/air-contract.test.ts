import { filter, firstValueFrom } from 'rxjs';
import { createAir } from '../../../src/transport/air/air.js';
import { createAirSocketClass } from '../../../src/transport/air/air-socket.js';
import { createBleRadio } from '../../../src/transport/ble/ble-radio.js';
import { createBleTransport } from '../../../src/transport/ble/ble-transport.js';
import type { Transport } from '../../../src/transport/transport.js';
import { describeTransport } from '../contract.js';

/** Long enough for a busy machine to be heard in between, short enough to wait for. */
const GONE_AFTER_MS = 3_000;

/** The real noble and bleno on virtual controllers: 'left' is a central, 'right' a peripheral. */
describeTransport('noble and bleno on the air', () => {
  const air = createAir();
  const adapters = { left: air.createAdapter(), right: air.createAdapter() };

  async function createTransport(deviceId: 'left' | 'right'): Promise<Transport> {
    const Socket = createAirSocketClass(air, () => adapters[deviceId]);
    const adapter = { type: 'hci', adapter: 0 } as const;
    const half = deviceId === 'left' ? { central: adapter } : { peripheral: adapter };
    const radio = createBleRadio({ ...half, channel: 'raw' }, { log: () => {}, socketFor: () => Socket });
    await firstValueFrom(radio.state$.pipe(filter((state) => state === 'poweredOn')));
    return createBleTransport(radio, { goneAfterMs: GONE_AFTER_MS });
  }

  return {
    createTransport,
    setRadio: (deviceId, state) => adapters[deviceId].setPower(state === 'poweredOn'),
    close: () => air.close(),
  };
});
