/** Sums of a session's payload, for its trace: a few additions a message, no event. Made with the first message. */
import type { TraceCounters } from './interface.js';

export interface Traffic extends Required<Mutable<TraceCounters>> {
  /** Whether a message under way is being timed: one at a time, so that waiting behind others is not part of it. */
  isTiming: boolean;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export interface HasTraffic {
  traffic: Traffic | undefined;
}

export function trafficOf(session: HasTraffic): Traffic {
  session.traffic ??= { ...NONE };
  return session.traffic;
}

/** As others may see it. */
export function countersOf({ traffic = NONE }: HasTraffic): TraceCounters {
  const { isTiming: _, roundTripMs, ...counters } = traffic;
  return roundTripMs < 0 ? counters : { ...counters, roundTripMs };
}

const NONE: Traffic = {
  textsSent: 0,
  textsReceived: 0,
  dataSent: 0,
  dataReceived: 0,
  bytesSent: 0,
  bytesReceived: 0,
  framesSent: 0,
  framesReceived: 0,
  resends: 0,
  suspensions: 0,
  /** Below 0: not measured yet. */
  roundTripMs: -1,
  isTiming: false,
};
