/** Sends texts by MQTT and waits for their events: so many unanswered at a time. */
import { connectAsync, type MqttClient } from 'mqtt';
import { answerParent } from '../harness/child.js';
import type { HubAddress } from './tandem-hub.js';

export interface HubLoadParams {
  readonly url: string;
  readonly address: HubAddress;
}

export interface HubLoadOrder {
  readonly messages: number;
  readonly inFlight: number;
}

const TEXT = 'x'.repeat(200);

answerParent<HubLoadParams>(async ({ url, address }) => {
  const client = await connectAsync(url, { protocolVersion: 5 });
  await client.subscribeAsync(address.event, { qos: 1 });
  if (address.opening !== undefined) await open(client, address, address.opening);
  return {
    async run(order: HubLoadOrder) {
      const startMs = performance.now();
      await drive(client, address, order);
      return performance.now() - startMs;
    },
  };
});

async function open(
  client: MqttClient,
  { event }: HubAddress,
  { press, availability }: NonNullable<HubAddress['opening']>,
): Promise<void> {
  const available = arrival(client, availability, 'online');
  await client.subscribeAsync(availability, { qos: 1 });
  await available;
  const connected = arrival(client, event, '"connect"');
  await client.publishAsync(press, '', { qos: 1 });
  await connected;
}

function arrival(client: MqttClient, wanted: string, words: string): Promise<void> {
  return new Promise((resolve) => {
    function look(topic: string, payload: Buffer): void {
      if (topic !== wanted || !payload.includes(words)) return;
      client.off('message', look);
      resolve();
    }
    client.on('message', look);
  });
}

/** Resolves when every text has come back. */
function drive(
  client: MqttClient,
  { message, event }: HubAddress,
  { messages, inFlight }: HubLoadOrder,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let [sent, arrived] = [0, 0];

    function sendNext(): void {
      sent += 1;
      client.publish(message, TEXT, { qos: 1 });
    }

    function onMessage(topic: string, payload: Buffer): void {
      if (topic !== event) return;
      if (!payload.includes('"msg":"xxxx')) return reject(new Error(`not a text: ${payload.toString()}`));
      arrived += 1;
      if (sent < messages) sendNext();
      if (arrived < messages) return;
      client.off('message', onMessage);
      resolve();
    }

    client.on('message', onMessage);
    while (sent < Math.min(inFlight, messages)) sendNext();
  });
}
