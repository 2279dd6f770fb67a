/** Pairs at Tandem: an app of its own for each client, and one session between the two. */
import type { CollaborateParameters } from '../../../src/broker/interface.js';
import { WantKeys } from '../../../src/protocol/codes.js';
import { writeSendData } from '../../../src/protocol/data-frame.js';
import type { TandemAddress } from '../servers/tandem-server.js';
import { type Channel, openChannel } from './channel.js';
import type { Payload, RelayPair } from './relay-pair.js';
import { pairOfSockets } from './sockets.js';

const CONNECT_OPTIONS = { needSendData: true };
/** `u8 kind | u32 session | u64 offset`, before the data. Source: docs/gateway.md, "Binary frames". */
const RECEIVED_HEADER_BYTES = 13;

export async function openTandemPair(
  address: TandemAddress,
  number: number,
  { type, bytes }: Payload,
): Promise<RelayPair> {
  const { sender, receiver, sessionId } = await openSession(address, number);
  const sockets = { sender: sender.release(), receiver: receiver.release() };
  const isAnswer = (data: Buffer): boolean => data.includes('"result"');
  if (type === 'text') {
    const msg = 'x'.repeat(bytes);
    return pairOfSockets({
      ...sockets,
      frame: (id) =>
        `{"jsonrpc":"2.0","id":${id},"method":"sendMessage","params":{"sessionId":${sessionId},"msg":"${msg}"}}`,
      isAnswer,
      isArrival: (data) => data.includes('"msg":"xxxx'),
    });
  }
  const payload = new Uint8Array(bytes);
  return pairOfSockets({
    ...sockets,
    frame: (id) => writeSendData(id, sessionId, payload),
    isAnswer,
    isArrival: (data) => data.length === RECEIVED_HEADER_BYTES + bytes,
  });
}

async function openSession(address: TandemAddress, number: number) {
  const { token, bundleName, answererDevice } = address;
  const app = { moduleName: 'entry', abilityName: `Ability${number}` };
  const [sender, receiver] = await Promise.all([openChannel(address.callerUrl), openChannel(address.answererUrl)]);
  await Promise.all([sender, receiver].map((channel) => channel.call('authenticate', { token })));
  await sender.call('registerApp', app);
  await receiver.call('registerApp', { ...app, onCollaborate: true });
  const accepted = acceptOne(receiver);
  const sessionId = await createSession(sender, 'bench', { deviceId: answererDevice, bundleName, ...app });
  const result = await sender.call('connect', { sessionId });
  if (!JSON.stringify(result).includes('true')) throw new Error(`not connected: ${JSON.stringify(result)}`);
  await accepted;
  return { sender, receiver, sessionId };
}

/** Accepts the first session it is asked for, and listens to it. */
async function acceptOne(channel: Channel): Promise<void> {
  const want = await new Promise<Readonly<Record<string, unknown>>>(
    (resolve) => channel.on('collaborate', (params) => resolve(params['want'] as Record<string, unknown>)), // as docs/gateway.md says
  );
  const parameters = want[WantKeys.COLLABORATE_PARAMETERS] as CollaborateParameters; // as above
  const { PeerInfo: peerInfo } = parameters;
  const sessionId = await createSession(channel, peerInfo.serviceName ?? '', peerInfo);
  await channel.call('on', { type: 'receiveMessage', sessionId });
  await channel.call('on', { type: 'receiveData', sessionId });
  await channel.call('acceptConnect', { sessionId, token: parameters[WantKeys.TOKEN] });
}

async function createSession(channel: Channel, serviceName: string, peerInfo: object): Promise<number> {
  const params = { serviceName, peerInfo, connectOptions: CONNECT_OPTIONS };
  return (await channel.call('createAbilityConnectionSession', params)) as number; // as docs/gateway.md says
}
