/** Pairs at an MQTT broker: quality of service 1, so that it answers what it has taken. */
import { connectAsync } from 'mqtt';
import type { MqttAddress } from '../address.js';
import type { Payload, RelayPair } from './relay-pair.js';

export async function openMqttPair({ url }: MqttAddress, number: number, { type, bytes }: Payload): Promise<RelayPair> {
  const options = { protocolVersion: 4, reconnectPeriod: 0 } as const;
  const [sender, receiver] = await Promise.all([connectAsync(url, options), connectAsync(url, options)]);
  const topic = `bench/${number}`;
  await receiver.subscribeAsync(topic, { qos: 1 });
  const payload = type === 'text' ? 'x'.repeat(bytes) : Buffer.alloc(bytes);
  let answered = (): void => {};
  return {
    send: () => void sender.publish(topic, payload, { qos: 1 }, () => answered()),
    take(onAnswer, onArrival) {
      answered = onAnswer;
      receiver.on('message', onArrival);
      return () => receiver.off('message', onArrival);
    },
  };
}
