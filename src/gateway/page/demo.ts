/** What only a demonstration has: an air that a person may cut, to see sessions suspend and resume. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { BrokerError } from '../../protocol/errors.js';
import { MAX_PAGE_BODY_BYTES } from '../../protocol/limits.js';
import type { DemoAirState } from '../../protocol/page-settings.js';
import { isObject } from '../../protocol/shape.js';
import { type BearerParts, requireBearer } from '../http/bearer.js';
import { sendError } from '../http/http-errors.js';
import type { DemoControl } from './page-options.js';

/** Only a client that may drive apps sees the air or cuts it. */
export function serveDemo(app: FastifyInstance, control: DemoControl, parts: BearerParts): void {
  const options = { bodyLimit: MAX_PAGE_BODY_BYTES, onRequest: requireBearer(parts, 'drive') };

  function answer(reply: FastifyReply): FastifyReply {
    const state: DemoAirState = { isCut: control.isAirCut };
    return reply.header('cache-control', 'no-store').send(state);
  }

  app.get('/v1/demo/air', options, (_, reply) => answer(reply));
  app.put('/v1/demo/air', options, ({ body }, reply) => {
    const isCut = isObject(body) ? body['isCut'] : undefined;
    if (typeof isCut !== 'boolean')
      return sendError(reply, new BrokerError('invalidParams', 'isCut must be a boolean.'));
    control.setAirCut(isCut);
    return answer(reply);
  });
}
