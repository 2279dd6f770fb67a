/** Clients that only watch, and one that makes something happen for all of them. */
import type { WebSocket } from 'ws';
import type { BareAddress } from '../address.js';
import type { TandemAddress } from '../servers/tandem-server.js';
import { type Channel, openChannel } from './channel.js';

export interface Observation {
  readonly sockets: readonly WebSocket[];
  /** Makes one event that every observer is told; resolves when the server has answered. */
  cause(): Promise<void>;
}

export async function openObservers(address: TandemAddress | BareAddress, count: number): Promise<Observation> {
  const channels: Channel[] = [];
  const url = address.type === 'tandem' ? address.callerUrl : address.url;
  while (channels.length < count) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - channels.length) }, () => openChannel(url));
    channels.push(...(await Promise.all(some)));
  }
  if (address.type === 'bare') return observeBare(address, channels);
  for (const channel of channels) {
    await channel.call('authenticate', { token: address.token });
    await channel.call('subscribe', { target: 'sessions' });
  }
  const driver = await openDriver(address);
  return { sockets: channels.map((channel) => channel.release()), cause: () => changeSession(driver, address) };
}

const AT_ONCE = 50;

async function observeBare({ url }: BareAddress, channels: readonly Channel[]): Promise<Observation> {
  for (const channel of channels) await channel.ask({ observe: true });
  const driver = await openChannel(url);
  const msg = 'x'.repeat(UPDATE_BYTES);
  return {
    sockets: channels.map((channel) => channel.release()),
    cause: async () => void (await driver.ask({ to: 'observers', msg })),
  };
}

/** About what the update of a session has besides the envelope. */
const UPDATE_BYTES = 300;

/** Each is an app of its own: one of an earlier round may still be there. */
let drivers = 0;

async function openDriver({ callerUrl, token }: TandemAddress): Promise<Channel> {
  drivers += 1;
  const driver = await openChannel(callerUrl);
  await driver.call('authenticate', { token });
  await driver.call('registerApp', { moduleName: 'entry', abilityName: `Driver${drivers}` });
  return driver;
}

/** A session that is made is an update. It stays: destroying it would be another one. */
async function changeSession(driver: Channel, { answererDevice, bundleName }: TandemAddress): Promise<void> {
  await driver.call('createAbilityConnectionSession', {
    serviceName: 'bench',
    peerInfo: { deviceId: answererDevice, bundleName, moduleName: 'entry', abilityName: 'Driver' },
    connectOptions: {},
  });
}
