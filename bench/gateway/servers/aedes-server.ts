/** An MQTT broker in Node: aedes. */

import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { Aedes } from 'aedes';
import { answerParent } from '../../harness/child.js';
import type { MqttAddress } from '../address.js';
import { processFigures } from './process-figures.js';

answerParent(async () => {
  const broker = await Aedes.createBroker();
  const server = createServer(broker.handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  const address: MqttAddress = { type: 'mqtt', url: `mqtt://127.0.0.1:${port}` };
  return { address: () => address, ...processFigures };
});
