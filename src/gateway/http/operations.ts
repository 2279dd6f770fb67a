/** What supervisors and monitoring ask: is it alive, may clients come, what is it doing. */
import type { FastifyInstance } from 'fastify';
import type { GatewayParts } from '../connection.js';
import { requireBearer } from './bearer.js';
import { EXPOSITION_TYPE } from './exposition.js';
import { createMetrics } from './metrics.js';

/** `isOpen`: whether new clients are let in. */
export function serveOperations(app: FastifyInstance, parts: GatewayParts, isOpen: () => boolean): void {
  const metrics = createMetrics(parts);
  app.addHook('onClose', async () => metrics.close());
  app.get('/healthz', (_, reply) => reply.header('cache-control', 'no-store').send({ status: 'ok' }));
  app.get('/readyz', (_, reply) => {
    const obstacle = isOpen() ? obstacleOf(parts) : 'the gateway is shutting down';
    reply.header('cache-control', 'no-store').code(obstacle === undefined ? 200 : 503);
    return reply.send(obstacle === undefined ? { status: 'ready' } : { status: 'notReady', reason: obstacle });
  });
  app.get('/metrics', { onRequest: requireBearer(parts, 'read') }, (_, reply) =>
    reply.header('cache-control', 'no-store').type(EXPOSITION_TYPE).send(metrics.scrape()),
  );
}

/** A radio that is starting will be there in a moment: what needs it waits. */
function obstacleOf({ broker, connections, limits, hub }: GatewayParts): string | undefined {
  const { radioState } = broker;
  if (connections.size >= limits.clients) return 'there are as many clients as there may be';
  if (!['poweredOn', 'unknown', 'resetting'].includes(radioState)) return `the radio is ${radioState}`;
  return hub?.().isConnected === false ? 'the hub is not connected to its MQTT broker' : undefined;
}
