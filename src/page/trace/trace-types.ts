/** Parts of a session's trace by name. */
import type { TraceEntry } from '../../client/client.js';

export type TraceKind = TraceEntry['kind'];
export type Fact = string | number | boolean;
