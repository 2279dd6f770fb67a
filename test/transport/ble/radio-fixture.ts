/** Radios of noble and bleno on one air. */
import { filter, firstValueFrom } from 'rxjs';
import { onTestFinished } from 'vitest';
import type { Adapter } from '../../../src/transport/air/adapter.js';
import { type AirOptions, createAir } from '../../../src/transport/air/air.js';
import { createAirSocketClass } from '../../../src/transport/air/air-socket.js';
import { createBleRadio } from '../../../src/transport/ble/ble-radio.js';
import type { BleRadio, Heard } from '../../../src/transport/ble/radio.js';
import type { RadioOptions } from '../../../src/transport/ble/radio-options.js';
import type { Clock } from '../../../src/transport/clock.js';
import type { Link } from '../../../src/transport/transport.js';
import { traceOnFailure } from '../../support/trace.js';
import { card, hint, reach } from './peripheral-fixture.js';

export interface RadioFixtureOptions {
  readonly channel?: RadioOptions['channel'];
  readonly clock?: Clock;
}

export function createRadios(options: AirOptions = {}) {
  const air = createAir(options);
  traceOnFailure(air);
  onTestFinished(() => air.close());

  /** The same adapter twice: both roles on it. */
  function create(
    adapters: { readonly central?: Adapter; readonly peripheral?: Adapter },
    more: RadioFixtureOptions = {},
  ) {
    const lines: string[] = [];
    const number = (adapter: Adapter) => ({ type: 'hci', adapter: air.adapters.indexOf(adapter) }) as const;
    const { central, peripheral } = adapters;
    const { channel = 'raw', clock } = more;
    const radio = createBleRadio(
      {
        ...(central && { central: number(central) }),
        ...(peripheral && { peripheral: number(peripheral) }),
        channel,
      },
      {
        log: (line) => lines.push(line),
        ...(clock && { clock }),
        socketFor: () => createAirSocketClass(air, (chosen) => adapterAt(air.adapters, chosen)),
      },
    );
    onTestFinished(() => radio.close());
    return { radio, lines };
  }

  return { air, create };
}

/** On, and with an advertisement. */
export async function begin(radio: BleRadio): Promise<void> {
  radio.advertise({ hint, card });
  await reach(radio.state$, 'poweredOn');
}

/** A link between two radios, the dialling end first. */
export async function link(central: BleRadio, peripheral: BleRadio, adapter: Adapter): Promise<[Link, Link]> {
  const { address } = await hear(central, adapter);
  const { signal } = new AbortController();
  return Promise.all([central.connect(address, { signal }), firstValueFrom(peripheral.incoming$)]);
}

export function hear(central: BleRadio, adapter: Adapter): Promise<Heard> {
  return firstValueFrom(central.heard$.pipe(filter(({ address }) => address.includes(adapter.address))));
}

function adapterAt(adapters: readonly Adapter[], number = 0): Adapter {
  const adapter = adapters[number];
  if (adapter === undefined) throw new Error(`there is no adapter ${number}`);
  return adapter;
}
