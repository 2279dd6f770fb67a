import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { HTTP_ROUTES } from '../../src/protocol/http-routes.js';
import type { HttpRoute } from '../../src/protocol/http-types.js';
import { readTables } from '../docs/tables.js';

const page = readFileSync(new URL('../../docs/http.md', import.meta.url), 'utf8');
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

  it('says which requests take a key', () => {
    const asDocumented = ({ verb, path }: HttpRoute) =>
      (verb === 'POST' && path !== '/v1/tickets') || (verb === 'DELETE' && path === '/v1/sessions/{sessionId}');
    expect(page).toContain('Every `POST` but that of tickets, and `DELETE` of a session, takes the header');
    for (const [name, route] of Object.entries<HttpRoute>(HTTP_ROUTES)) {
      expect([name, route.takesKey ?? false]).toEqual([name, asDocumented(route)]);
    }
  });

  it('has the query of event streams', () => {
    const rows = Object.entries(HTTP_ROUTES.events.query).map(([name, { doc }]) => [name, doc.replaceAll('`', '')]);
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
