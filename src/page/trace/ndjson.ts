/** A trace as a file: one JSON object a line, first what it is of, then its entries. Source: github.com/ndjson/ndjson-spec. */
import type { SessionTrace } from '../../client/client.js';

export function formatNdjson({ entries, ...head }: SessionTrace): string {
  return [head, ...entries].map((line) => `${JSON.stringify(line)}\n`).join('');
}
