/** The same relay on the stack that the gateway is built on. */
import websocket from '@fastify/websocket';
import fastify from 'fastify';
import { answerParent } from '../../harness/child.js';
import type { BareAddress } from '../address.js';
import { createBareRelay } from './bare-relay.js';
import { processFigures } from './process-figures.js';

answerParent(async () => {
  const relay = createBareRelay();
  const app = fastify({ logger: false });
  await app.register(websocket, { options: { perMessageDeflate: false } });
  app.get('/ws', { websocket: true }, (socket) => relay.serve(socket));
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const address: BareAddress = { type: 'bare', url: `${url.replace('http', 'ws')}/ws` };
  return { address: () => address, ...processFigures };
});
