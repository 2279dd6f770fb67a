/** Pairs of clients of which one sends texts that the other gets, at either server. */
import type { WebSocket } from 'ws';
import type { CollaborateParameters } from '../../src/broker/interface.js';
import { WantKeys } from '../../src/protocol/codes.js';
import type { BareAddress } from './bare-server.js';
import { type Channel, openChannel } from './channel.js';
import type { TandemAddress } from './tandem-server.js';

export interface LoadPair {
  readonly sender: WebSocket;
  readonly receiver: WebSocket;
  /** The frame that sends one text; `id` comes back with the answer. */
  frame(id: number): string;
}

const TEXT = 'x'.repeat(200);

export function openLoadPair(address: TandemAddress | BareAddress, number: number): Promise<LoadPair> {
  return address.type === 'tandem' ? openTandemPair(address, number) : openBarePair(address, number);
}

async function openBarePair({ url }: BareAddress, number: number): Promise<LoadPair> {
  const [sender, receiver] = await Promise.all([openChannel(url), openChannel(url)]);
  await sender.ask({ name: `sender ${number}` });
  await receiver.ask({ name: `receiver ${number}` });
  return {
    sender: sender.release(),
    receiver: receiver.release(),
    frame: (id) => `{"id":${id},"to":"receiver ${number}","msg":"${TEXT}"}`,
  };
}

/** An app of its own for each client, and one session between the two. */
async function openTandemPair(address: TandemAddress, number: number): Promise<LoadPair> {
  const { token, bundleName, answererDevice } = address;
  const app = { moduleName: 'entry', abilityName: `Ability${number}` };
  const [sender, receiver] = await Promise.all([openChannel(address.callerUrl), openChannel(address.answererUrl)]);
  await Promise.all([sender, receiver].map((channel) => channel.call('authenticate', { token })));
  await sender.call('registerApp', app);
  await receiver.call('registerApp', { ...app, onCollaborate: true });
  const accepted = acceptOne(receiver);
  const sessionId = await sender.call('createAbilityConnectionSession', {
    serviceName: 'bench',
    peerInfo: { deviceId: answererDevice, bundleName, ...app },
    connectOptions: {},
  });
  const result = await sender.call('connect', { sessionId });
  if (!JSON.stringify(result).includes('true')) throw new Error(`not connected: ${JSON.stringify(result)}`);
  await accepted;
  return {
    sender: sender.release(),
    receiver: receiver.release(),
    frame: (id) =>
      `{"jsonrpc":"2.0","id":${id},"method":"sendMessage","params":{"sessionId":${sessionId},"msg":"${TEXT}"}}`,
  };
}

/** Accepts the first session it is asked for, and listens to it. */
async function acceptOne(channel: Channel): Promise<void> {
  const want = await new Promise<Readonly<Record<string, unknown>>>(
    (resolve) => channel.on('collaborate', (params) => resolve(params['want'] as Record<string, unknown>)), // as docs/gateway.md says
  );
  const parameters = want[WantKeys.COLLABORATE_PARAMETERS] as CollaborateParameters; // as above
  const { PeerInfo: peerInfo } = parameters;
  const sessionId = await channel.call('createAbilityConnectionSession', {
    serviceName: peerInfo.serviceName,
    peerInfo,
    connectOptions: {},
  });
  await channel.call('on', { type: 'receiveMessage', sessionId });
  await channel.call('acceptConnect', { sessionId, token: parameters[WantKeys.TOKEN] });
}
