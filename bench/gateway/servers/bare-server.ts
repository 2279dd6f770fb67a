/** The peer on `ws`: the least that a relay costs in Node. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { answerParent } from '../../harness/child.js';
import type { BareAddress } from '../address.js';
import { createBareRelay } from './bare-relay.js';
import { processFigures } from './process-figures.js';

answerParent(async () => {
  const relay = createBareRelay();
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
  server.on('connection', relay.serve);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on TCP
  const address: BareAddress = { type: 'bare', url: `ws://127.0.0.1:${port}` };
  return { address: () => address, ...processFigures };
});
