/** The numbers of what the client allows itself. docs/limits.md lists them with those of limits.ts. */

/** How long a connection may take until it is authenticated. */
export const CLIENT_OPEN_TIMEOUT_MS = 10_000;
/** How long its first connection may take, attempts and pauses together, and how long a call, if the app does not say otherwise. */
export const CLIENT_CONNECT_TIMEOUT_MS = 10_000;
export const CLIENT_CALL_TIMEOUT_MS = 30_000;
/** The pause before connecting again: up to this long after the first failure, doubling up to the longest; the real one is random. */
export const RECONNECT_FIRST_MS = 250;
export const RECONNECT_LONGEST_MS = 15_000;
/** Calls that wait for a connection, or for fewer calls to be under way; further ones are refused. */
export const MAX_WAITING_CALLS = 1_024;
