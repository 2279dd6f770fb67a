/** Sums of a session's payload, for its trace. The delivery counts; here is what outlives it, made once there is something. */
import type { Delivery } from '../protocol/delivery.js';
import type { TraceCounters } from '../protocol/trace.js';

/** Of the deliveries before the present one, and what no delivery counts: suspensions, resends, round trip. */
export type Traffic = { -readonly [Name in keyof TraceCounters]: TraceCounters[Name] };

export interface HasTraffic {
  traffic: Traffic | undefined;
  readonly delivery: Delivery | undefined;
}

export function trafficOf(session: HasTraffic): Traffic {
  session.traffic ??= { ...NONE };
  return session.traffic;
}

/** So many frames leave once more. */
export function noteResends(session: HasTraffic, count: number): void {
  const traffic = trafficOf(session);
  traffic.resends += count;
  traffic.framesSent += count;
}

/** A delivery ends: its sums stay, and nothing waits any more. */
export function keepTraffic(session: HasTraffic): void {
  const { delivery } = session;
  if (delivery !== undefined && isUsed(delivery))
    session.traffic = { ...sum(trafficOf(session), delivery), bytesQueued: 0 };
}

/** As others may see it. */
export function countersOf({ traffic = NONE, delivery }: HasTraffic): TraceCounters {
  return delivery === undefined ? traffic : sum(traffic, delivery);
}

function isUsed({ nextSequence, received }: Delivery): boolean {
  return nextSequence > 1 || received > 0;
}

function sum(earlier: TraceCounters, delivery: Delivery): Traffic {
  return {
    ...earlier,
    textsSent: earlier.textsSent + delivery.textsSent,
    textsReceived: earlier.textsReceived + delivery.textsReceived,
    dataSent: earlier.dataSent + delivery.dataSent,
    dataReceived: earlier.dataReceived + delivery.dataReceived,
    bytesSent: earlier.bytesSent + delivery.bytesSent,
    bytesReceived: earlier.bytesReceived + delivery.bytesReceived,
    bytesQueued: delivery.bytesQueued,
    framesSent: earlier.framesSent + delivery.nextSequence - 1,
    framesReceived: earlier.framesReceived + delivery.received,
  };
}

const NONE: TraceCounters = {
  textsSent: 0,
  textsReceived: 0,
  dataSent: 0,
  dataReceived: 0,
  bytesSent: 0,
  bytesReceived: 0,
  bytesQueued: 0,
  framesSent: 0,
  framesReceived: 0,
  resends: 0,
  suspensions: 0,
};
