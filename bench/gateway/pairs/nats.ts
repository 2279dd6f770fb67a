/** Pairs at nats-server, which answers nothing: what has arrived was taken. */
import { connect } from 'nats';
import type { NatsAddress } from '../address.js';
import type { Payload, RelayPair } from './relay-pair.js';

export async function openNatsPair({ url }: NatsAddress, number: number, { bytes }: Payload): Promise<RelayPair> {
  const [sender, receiver] = await Promise.all([connect({ servers: url }), connect({ servers: url })]);
  const payload = Buffer.alloc(bytes, 'x');
  const subject = `bench.${number}`;
  let arrived = (): void => {};
  receiver.subscribe(subject, { callback: () => arrived() });
  await receiver.flush();
  return {
    send: () => sender.publish(subject, payload),
    take(onAnswer, onArrival) {
      arrived = () => {
        onArrival();
        onAnswer();
      };
      return () => {
        arrived = () => {};
      };
    },
  };
}
