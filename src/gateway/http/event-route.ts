/** `GET /v1/events`: what there is, then every change, for as long as the client reads. */

import Denque from 'denque';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Principal } from '../../broker/tokens.js';
import { BrokerError } from '../../protocol/errors.js';
import { MAX_EVENT_STREAMS } from '../../protocol/http-limits.js';
import { STREAM_TARGETS } from '../../protocol/http-routes.js';
import { unreachable } from '../../protocol/unreachable.js';
import type { GatewayParts } from '../connection.js';
import { audienceOf } from '../open-calls.js';
import { knowsAllAfter } from '../seats.js';
import { principalOf } from './bearer.js';
import { createEventStream, type EventStream } from './event-stream.js';
import type { HttpApp, HttpApps } from './http-apps.js';
import { sessionsOf } from './http-calls.js';
import { readPositions } from './positions.js';

type Query = Readonly<Record<string, string | undefined>>;
type Position = ReturnType<typeof readPositions>[number];

export interface EventRoute {
  /** Answers with a stream, or throws BrokerError before anything was sent. */
  serve(request: FastifyRequest, reply: FastifyReply): void;
  endOf(tokenId: string): void;
}

export function createEventRoute(parts: GatewayParts, apps: HttpApps): EventRoute {
  /** By token, only of those that have any. */
  const streams = new Map<string, Set<EventStream>>();

  return {
    serve(request, reply) {
      const principal = principalOf(request);
      const query = request.query as Query; // Fastify's parser gives texts; lists are refused below
      const ofToken = streams.get(principal.tokenId) ?? new Set();
      if (ofToken.size >= MAX_EVENT_STREAMS) throw new BrokerError('tooManyAtOnce', 'Event streams of this token.');
      const targets = readTargets(query['targets']);
      const positions = readPositions(String(request.headers['last-event-id'] ?? query['since'] ?? ''));
      const app = query['app'] === undefined ? undefined : findApp(apps, principal, query['app']);
      if (app !== undefined) makeWay(app, positions);

      const stream = openStream(parts, reply, app);
      streams.set(principal.tokenId, ofToken.add(stream));
      const release = app?.hold();
      reply.raw.once('close', () => {
        ofToken.delete(stream);
        if (ofToken.size === 0) streams.delete(principal.tokenId);
        leaveAll(parts, stream);
        if (app?.taken.seat.outbox === stream) app.taken.seat.detach();
        release?.();
      });
      if (app !== undefined) joinApp(parts, app, stream, positions);
      const since = positions.find(({ epoch }) => epoch !== app?.taken.seat.epoch);
      for (const target of targets) stream.snapshot({ ...join(parts, target, stream, principal, since) });
      // The app's events are written in a microtask of this turn, see Seat.attach.
      if (query['follow'] === 'false') setImmediate(() => stream.end());
    },
    endOf(tokenId) {
      for (const stream of [...(streams.get(tokenId) ?? [])]) stream.close('unauthorized');
    },
  };
}

function readTargets(text = 'sessions,devices'): StreamTarget[] {
  const names = text.split(',').filter((name) => name !== '');
  const unknown = names.find((name) => !(STREAM_TARGETS as readonly string[]).includes(name)); // a narrower type
  if (unknown !== undefined) {
    throw new BrokerError('invalidParams', `targets must be of: ${STREAM_TARGETS.join(', ')}.`);
  }
  return [...new Set(names as StreamTarget[])]; // checked above
}

type StreamTarget = (typeof STREAM_TARGETS)[number];

function findApp(apps: HttpApps, { tokenId, scopes }: Principal, text: string): HttpApp {
  if (!scopes.includes('drive')) throw new BrokerError('forbidden', 'It lacks the scope drive.');
  const [moduleName = '', abilityName = ''] = text.split('/');
  return apps.get(tokenId, moduleName, abilityName);
}

/** Another stream of this app ends only for who knows where it was: a client that comes back, and did not see that one die. */
function makeWay({ taken: { seat } }: HttpApp, positions: readonly Position[]): void {
  const { outbox } = seat;
  if (outbox === undefined) return;
  if (!positions.some(({ epoch }) => epoch === seat.epoch)) {
    throw new BrokerError('appInUse', 'Another event stream has it.');
  }
  seat.detach();
  outbox.close('replaced');
}

function openStream({ timers, limits }: GatewayParts, reply: FastifyReply, app: HttpApp | undefined): EventStream {
  const headers = { ...reply.getHeaders(), 'content-type': 'text/event-stream; charset=utf-8' };
  reply.hijack();
  // Proxies that collect an answer before they pass it on would hold every event back.
  reply.raw.writeHead(200, { ...headers, 'cache-control': 'no-store', 'x-accel-buffering': 'no' } as Record<
    string,
    string
  >); // none is undefined
  return createEventStream(reply.raw, {
    timers,
    queueBytes: limits.queueBytes,
    appEpoch: app?.taken.seat.epoch,
    onWritten: app === undefined ? () => {} : createKeeper(app, limits.eventWindowBytes / 4),
  });
}

/** A reader says nothing, so the last events that were written are kept for the case that it comes back without having got them. */
function createKeeper({ taken: { seat } }: HttpApp, keptBytes: number): (offset: number, costBytes: number) => void {
  const written = new Denque<{ readonly offset: number; readonly costBytes: number }>();
  let total = 0;
  return (offset, costBytes) => {
    written.push({ offset, costBytes });
    total += costBytes;
    while (total > keptBytes) {
      const oldest = written.shift();
      if (oldest === undefined) return;
      total -= oldest.costBytes;
      seat.confirm(oldest.offset);
    }
  };
}

function joinApp(parts: GatewayParts, app: HttpApp, stream: EventStream, positions: readonly Position[]): void {
  const { seat } = app.taken;
  const position = positions.find(({ epoch }) => epoch === seat.epoch);
  const recovered = knowsAllAfter(seat, position);
  seat.attach(stream, recovered ? position?.offset : undefined);
  const { epoch, confirmedOffset: offset } = seat;
  stream.snapshot({
    subscription: 'app',
    app: app.name,
    epoch,
    offset,
    recovered,
    sessions: sessionsOf(parts, app.name),
  });
}

function join(
  { sessionFeed, deviceFeed, nearbyFeed }: GatewayParts,
  target: StreamTarget,
  stream: EventStream,
  principal: Principal,
  since: Position | undefined,
) {
  switch (target) {
    case 'sessions':
      return sessionFeed.join(stream, audienceOf(principal), since);
    case 'devices':
      return deviceFeed.join(stream);
    case 'nearby':
      return nearbyFeed.join(stream);
    default:
      return unreachable(target);
  }
}

/** Leaving what was not joined does nothing. */
function leaveAll({ sessionFeed, deviceFeed, nearbyFeed }: GatewayParts, stream: EventStream): void {
  for (const feed of [sessionFeed, deviceFeed, nearbyFeed]) feed.leave(stream);
}
