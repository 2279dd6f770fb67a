import { describe, expect, it } from 'vitest';
import { HTTP_ROUTES } from '../../src/protocol/http-routes.js';
import type { HttpRoute } from '../../src/protocol/http-types.js';
import { readTables } from '../docs/tables.js';

const [routes, query] = readTables('http.md');

describe('docs/http.md', () => {
  it('has the routes of the code', () => {
    const rows = Object.values(HTTP_ROUTES).map(({ verb, path, scope, status, doc, ...route }: HttpRoute) => [
      `${verb} ${path}`,
      scope,
      bodyOf(route),
      String(status),
      doc.replaceAll('`', ''),
    ]);
    expect(routes).toEqual(rows);
  });

  it('has the query of event streams', () => {
    const rows = Object.entries(HTTP_ROUTES.events.query).map(([name, words]) => [name, words.replaceAll('`', '')]);
    expect(query).toEqual(rows);
  });
});

function bodyOf({ body, takesBytes = false }: Pick<HttpRoute, 'body' | 'takesBytes'>): string {
  if (takesBytes) return 'bytes';
  const { properties = {}, required = [] } = (body ?? {}) as { properties?: object; required?: string[] }; // JSON Schema of an object
  return Object.keys(properties)
    .map((name) => (required.includes(name) ? name : `${name}?`))
    .join(', ');
}
