/** What only a demonstration has: an air that a person may cut, to see sessions suspend and resume. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { MAX_LOGIN_BODY_BYTES } from '../../protocol/limits.js';
import type { DemoAirState, DemoSettings } from '../../protocol/page-settings.js';
import { isObject } from '../../protocol/shape.js';
import type { GatewayParts } from '../connection.js';

export interface DemoControl {
  readonly settings: DemoSettings;
  readonly isAirCut: boolean;
  /** Nothing is heard any more, or everything again. */
  setAirCut(isCut: boolean): void;
}

/** Only a client that may drive apps sees the air or cuts it. */
export function serveDemo(app: FastifyInstance, control: DemoControl, { tokens }: Pick<GatewayParts, 'tokens'>): void {
  const present = (): DemoAirState => ({ isCut: control.isAirCut });
  const options = {
    bodyLimit: MAX_LOGIN_BODY_BYTES,
    onRequest: async (request: FastifyRequest, reply: FastifyReply) => {
      reply.header('cache-control', 'no-store');
      const token = /^Bearer ([\w-]+)$/.exec(request.headers.authorization ?? '')?.[1];
      const principal = token === undefined ? undefined : tokens.verify(token);
      if (principal === undefined) return reply.code(401).send({ error: 'A token is needed.' });
      if (!principal.scopes.includes('drive')) return reply.code(403).send({ error: 'It lacks the scope drive.' });
    },
  };
  app.get('/v1/demo/air', options, present);
  app.put('/v1/demo/air', options, (request, reply) => {
    const isCut = isObject(request.body) ? request.body['isCut'] : undefined;
    if (typeof isCut !== 'boolean') return reply.code(400).send({ error: 'isCut must be true or false.' });
    control.setAirCut(isCut);
    return reply.send(present());
  });
}
