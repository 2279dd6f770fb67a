/**
 * A program that is an app of a running gateway, through the typed client: it talks to the echo app of the first device in range.
 * Arguments: the gateway's URL, and a token (`npm start` prints the URL and keeps a token in its state directory).
 */
import { fileURLToPath } from 'node:url';
import { createClient } from '../src/client/client.js';
import type { TandemClient } from '../src/client/interface.js';

/** What `tandem start --demo` runs on its second device. */
const ECHO_APP = { bundleName: 'tandem.echo', moduleName: 'entry', abilityName: 'EchoAbility' };

export async function main(url: string, token: string): Promise<void> {
  const client = createClient({ url, token });
  try {
    const gateway = await client.ready();
    console.log(`connected to the gateway of ${gateway.deviceName}`);
    await client.registerApp({ moduleName: 'entry', abilityName: 'RemoteClient' });
    await client.subscribe('sessions', (update) => {
      if (update.type === 'change') console.log(`session ${update.session.sessionId} is ${update.session.state}`);
    });
    const [device] = await client.getAvailableDeviceList();
    if (device === undefined) throw new Error('no device is in range');
    await talkTo(client, device.deviceId);
  } finally {
    await client.close();
  }
}

async function talkTo(client: TandemClient, deviceId: string): Promise<void> {
  const peerInfo = { deviceId, ...ECHO_APP };
  const sessionId = await client.createAbilityConnectionSession('greeting', peerInfo, { needSendData: true });
  const text = nextOf((resolve) => client.on('receiveMessage', sessionId, ({ msg }) => resolve(msg)));
  const data = nextOf((resolve) => client.on('receiveData', sessionId, ({ data }) => resolve(data?.byteLength)));

  const result = await client.connect(sessionId);
  if (!result.isConnected) throw new Error(`not connected: ${result.errorCode} ${result.reason}`);

  await client.sendMessage(sessionId, 'hello from far away');
  console.log(`the echo says: ${await text}`);
  await client.sendData(sessionId, new Uint8Array(100_000));
  console.log(`the echo sends ${await data} bytes`);
  await client.destroyAbilityConnectionSession(sessionId);
}

/** The first value of an event; rejects when listening fails. */
function nextOf<Value>(listen: (resolve: (value: Value) => void) => Promise<void>): Promise<Value> {
  return new Promise((resolve, reject) => {
    listen(resolve).catch(reject);
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , url = 'ws://127.0.0.1:8420/v1/ws', token = ''] = process.argv;
  await main(url, token);
}
