import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { registerEchoApp } from '../../src/main/echo-app.js';
import { HTTP_ROUTES } from '../../src/protocol/http-routes.js';
import type { HttpRoute } from '../../src/protocol/http-types.js';
import { readTables } from '../docs/tables.js';
import { createStage, createToken } from './fixture.js';
import { baseOf } from './http-client.js';

const page = readFileSync(new URL('../../docs/http.md', import.meta.url), 'utf8');
const [routes, query] = readTables('http.md');
const MISSING = 'curl 7.82 or newer is missing; on Debian: apt-get install curl';

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

  it('has a session that curl drives, line by line', async ({ skip }) => {
    if (!hasCurl()) return process.env['CI'] === 'true' ? expect.fail(MISSING) : skip(MISSING);
    const stage = await createStage();
    registerEchoApp(stage.phone.broker);
    const env = { ...process.env, TOKEN: await createToken(stage.kitchen), G: baseOf(stage.kitchen) };
    const answers: string[] = [];
    for (const line of recipe()) {
      let answer = await run(line, env);
      // The echo comes when it comes; what was sent stays kept, so the line may be run again.
      while (line.includes('/v1/events') && !answer.includes('receiveData')) answer = await run(line, env);
      answers.push(answer);
    }
    const [app = '', devices = '', created, connected = '', text, data, events = '', destroyed, ended] = answers;
    expect(JSON.parse(app)).toMatchObject({ leaseMs: 60_000, sessions: [] });
    expect(JSON.parse(devices)).toMatchObject([{ deviceId: 'phone' }]);
    expect(created).toBe('{"sessionId":100}');
    expect(JSON.parse(connected)).toMatchObject({ isConnected: true });
    expect([text, data, destroyed, ended]).toEqual(['', '', '', '']);
    expect(events).toContain('"type":"receiveMessage","sessionId":100,"msg":"Dinner is ready"');
    expect(events).toContain('"type":"receiveData","sessionId":100,"data":"SGVsbG8="');
  });
});

/** The lines of the first shell block. */
function recipe(): string[] {
  const [, block = ''] = /^```sh\n(.*?)^```$/ms.exec(page) ?? [];
  return block.trim().split('\n');
}

async function run(line: string, env: NodeJS.ProcessEnv): Promise<string> {
  const { stdout } = await promisify(execFile)('sh', ['-c', line], { env });
  return stdout;
}

function hasCurl(): boolean {
  try {
    return execFileSync('curl', ['--help', 'all'], { encoding: 'utf8' }).includes('--json');
  } catch {
    return false;
  }
}

function bodyOf({ body, takesBytes = false }: Pick<HttpRoute, 'body' | 'takesBytes'>): string {
  if (takesBytes) return 'bytes';
  const { properties = {}, required = [] } = (body ?? {}) as { properties?: object; required?: string[] }; // JSON Schema of an object
  return Object.keys(properties)
    .map((name) => (required.includes(name) ? name : `${name}?`))
    .join(', ');
}
