/** Pairs at Socket.IO. */
import { once } from 'node:events';
import { io, type Socket } from 'socket.io-client';
import type { SocketIoAddress } from '../address.js';
import type { Payload, RelayPair } from './relay-pair.js';

export async function openSocketIoPair(
  { url }: SocketIoAddress,
  number: number,
  { type, bytes }: Payload,
): Promise<RelayPair> {
  const [sender, receiver] = await Promise.all([open(url), open(url)]);
  const room = `receiver ${number}`;
  await receiver.emitWithAck('join', room);
  const msg = type === 'text' ? 'x'.repeat(bytes) : Buffer.alloc(bytes);
  let answered = (): void => {};
  return {
    send: () => void sender.emit('send', room, msg, () => answered()),
    take(onAnswer, onArrival) {
      answered = onAnswer;
      receiver.on('message', onArrival);
      return () => receiver.off('message', onArrival);
    },
  };
}

async function open(url: string): Promise<Socket> {
  const socket = io(url, { transports: ['websocket'], forceNew: true, reconnection: false });
  await once(socket as unknown as NodeJS.EventEmitter, 'connect'); // its emitter has the methods that `once` needs
  return socket;
}
