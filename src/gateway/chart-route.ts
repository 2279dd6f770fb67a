/** `GET /v1/charts/<machine>.<format>?active=<state>`: the charts as documents. Anyone may see them: they say what Tandem is, not what it does. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { CHART_FORMATS, isChartFormat, isMachine, writeChart } from '../charts/documents.js';
import { MACHINE_NAMES } from '../protocol/codes.js';
import { sendUnlessKnown, tagOf } from './http/conditional.js';

/** A chart is data: what is drawn in it runs nothing and loads nothing. */
const HEADERS = {
  'cache-control': 'public, max-age=300',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
  'x-content-type-options': 'nosniff',
  // A dashboard elsewhere may show the picture.
  'cross-origin-resource-policy': 'cross-origin',
};

interface ChartRoute {
  readonly Params: { readonly document: string };
  readonly Querystring: { readonly active?: string | readonly string[] };
}

export function serveCharts(app: FastifyInstance): void {
  app.get<ChartRoute>('/v1/charts/:document', answer);
}

async function answer(request: FastifyRequest<ChartRoute>, reply: FastifyReply): Promise<FastifyReply> {
  const [machine = '', ...ending] = request.params.document.split('.');
  const format = ending.join('.');
  if (!isMachine(machine) || !isChartFormat(format)) {
    const words = `There are ${MACHINE_NAMES.join(', ')}, each as ${Object.keys(CHART_FORMATS).join(', ')}.`;
    return reply.code(404).send({ error: words });
  }
  const { active } = request.query;
  if (active !== undefined && typeof active !== 'string') {
    return reply.code(400).send({ error: 'One state can be active.' });
  }
  const chart = await writeChart({ machine, format, active });
  if (chart.type !== 'document') {
    return reply.code(chart.type === 'unknown-state' ? 400 : 501).send({ error: chart.words });
  }
  reply.headers(HEADERS);
  return sendUnlessKnown(request, reply, tagOf(chart.body), () => reply.type(CHART_FORMATS[format]).send(chart.body));
}
