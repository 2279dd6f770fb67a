/** The numbers of what is driven over HTTP. docs/limits.md lists them with those of limits.ts. */

/** How long an app that is driven over HTTP lasts without a request or an event stream, unless it asks for another lease, and at most. */
export const DEFAULT_LEASE_MS = 60_000;
export const MAX_LEASE_MS = 3_600_000;
/** Apps that one token may drive over HTTP at a time; further ones are refused. */
export const MAX_LEASED_APPS = 16;
/** Event streams of one token; further ones are refused. */
export const MAX_EVENT_STREAMS = 32;
/** How long a ticket may be used. */
export const TICKET_LIFE_MS = 30_000;
/** Tickets of one token that were not used yet; further ones are refused. */
export const MAX_TICKETS = 32;
/** How long the reader of an event stream is told to wait before it connects again. */
export const STREAM_RETRY_MS = 2_000;
/** How often an event stream sends a comment; one whose reader did not take the last one is ended. */
export const STREAM_BEAT_MS = 15_000;
