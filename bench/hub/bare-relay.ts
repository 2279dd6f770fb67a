/** The peer: what one writes with mqtt.js in five minutes. Each text comes back as an event; no sessions, no second device. */
import { connectAsync } from 'mqtt';
import { answerParent } from '../harness/child.js';
import type { HubAddress, HubParams } from './tandem-hub.js';

const ADDRESS: HubAddress = { message: 'relay/message', event: 'relay/event' };

answerParent<HubParams>(async ({ url }) => {
  const client = await connectAsync(url, { protocolVersion: 5 });
  client.on('message', (_, payload) => {
    const event = { event_type: 'message', msg: payload.toString(), ts: Date.now() };
    client.publish(ADDRESS.event, JSON.stringify(event), { qos: 1 });
  });
  await client.subscribeAsync(ADDRESS.message, { qos: 1 });
  return { address: () => ADDRESS, cpu: () => process.cpuUsage() };
});
