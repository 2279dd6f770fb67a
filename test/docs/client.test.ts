import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CLIENT_CALL_TIMEOUT_MS, CLIENT_CONNECT_TIMEOUT_MS } from '../../src/protocol/client-limits.js';
import { ERRORS } from '../../src/protocol/errors.js';
import { HTTP_STATUS } from '../../src/protocol/http-status.js';
import { readTables } from './tables.js';

const [options = [], states = [], kinds = []] = readTables('client.md');
const types = readFileSync('src/client/interface.ts', 'utf8');

/** What is between these words and the end of the declaration. */
function declaration(start: string, end: RegExp): string {
  const rest = types.slice(types.indexOf(start) + start.length);
  return rest.slice(0, end.exec(rest)?.index);
}

describe('docs/client.md', () => {
  it('has every option, but those for tests', () => {
    const body = declaration('export interface ClientOptions {', /^}/m);
    const names = [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, name]) => name);
    expect(options.map(([name]) => name)).toEqual(names.filter((name) => !['clock', 'random'].includes(name ?? '')));
  });

  it('has the defaults of the code', () => {
    const defaults = Object.fromEntries(options.map(([name, value]) => [name, value?.replaceAll(',', '')]));
    expect(defaults).toMatchObject({
      connectTimeoutMs: String(CLIENT_CONNECT_TIMEOUT_MS),
      callTimeoutMs: String(CLIENT_CALL_TIMEOUT_MS),
    });
  });

  it('has every state with its fields', () => {
    const body = declaration('export type ClientState =', /;$/m);
    const rows = [...body.matchAll(/\{ readonly type: '(\w+)'(.*?) \}/g)].map(([, type, rest = '']) => {
      return [type, [...rest.matchAll(/readonly (\w+):/g)].map(([, name]) => name).join(', ')];
    });
    expect(states.map(([type, fields]) => [type, fields])).toEqual(rows);
  });

  it('has every kind of error that is the client’s alone, and no kind that does not exist', () => {
    const own = Object.entries(HTTP_STATUS).filter(([, status]) => status === undefined);
    const named = kinds.map(([kind = '']) => kind);
    expect(named).toEqual(expect.arrayContaining(own.map(([kind]) => kind)));
    expect(named.filter((kind) => !Object.hasOwn(ERRORS, kind))).toEqual([]);
  });
});
