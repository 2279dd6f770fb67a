/** What a trace of a session is made of; trace-types.ts has the same as schemas. */
import type { MachineName, TraceKind, TraceLane } from './codes.js';

/** One thing that happened to a session. Never payload, a token or a secret: sizes and counts only. */
export interface TraceEntry {
  /** Counts the session's entries, from 1. */
  readonly offset: number;
  /** In milliseconds since 1970. */
  readonly at: number;
  readonly lane: TraceLane;
  readonly kind: TraceKind;
  readonly name: string;
  /** Whose chart it is about, with the state it left and entered and the transition taken: `<source>|<event type>|<index>`. */
  readonly machine?: MachineName;
  readonly from?: string;
  readonly to?: string;
  readonly edge?: string;
  readonly detail?: Readonly<Record<string, string | number | boolean>>;
}

/** Sums over all connections of a session; a message is counted once, a frame as often as it left. */
export interface TraceCounters {
  readonly textsSent: number;
  readonly textsReceived: number;
  readonly dataSent: number;
  readonly dataReceived: number;
  /** Of texts and data that left, and that the app here got. */
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** Of texts and data that the app gave, and that wait for link or credit. */
  readonly bytesQueued: number;
  /** Of payload: those sent again among them, those received again not. */
  readonly framesSent: number;
  readonly framesReceived: number;
  readonly resends: number;
  readonly suspensions: number;
  /** Of a message that waited for no other, from the call to the acknowledgement; the last one measured, one of sixty-four. */
  readonly roundTripMs?: number;
}
