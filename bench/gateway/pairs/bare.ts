/** Pairs at a relay of our own making. */
import type { BareAddress } from '../address.js';
import { BINARY_HEADER_BYTES } from '../servers/bare-relay.js';
import { openChannel } from './channel.js';
import type { Payload, RelayPair } from './relay-pair.js';
import { pairOfSockets } from './sockets.js';

export async function openBarePair({ url }: BareAddress, number: number, { type, bytes }: Payload): Promise<RelayPair> {
  const [sender, receiver] = await Promise.all([openChannel(url), openChannel(url)]);
  await sender.ask({ name: `sender ${number}` });
  await receiver.ask({ name: `receiver ${number}` });
  const sockets = { sender: sender.release(), receiver: receiver.release() };
  if (type === 'text') {
    const msg = 'x'.repeat(bytes);
    return pairOfSockets({
      ...sockets,
      frame: (id) => `{"id":${id},"to":"receiver ${number}","msg":"${msg}"}`,
      isAnswer: (data) => data.includes('"result"'),
      isArrival: (data) => data.includes('"msg":"xxxx'),
    });
  }
  return pairOfSockets({
    ...sockets,
    frame(id) {
      const frame = Buffer.alloc(BINARY_HEADER_BYTES + bytes);
      frame.writeUInt32BE(id, 0);
      frame.writeUInt16BE(number, 4);
      return frame;
    },
    isAnswer: (data) => data.length === 4,
    isArrival: (data) => data.length === bytes,
  });
}
