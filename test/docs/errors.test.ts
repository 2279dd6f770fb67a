import { describe, expect, it } from 'vitest';
import { ConnectErrorCode, DisconnectReason } from '../../src/protocol/codes.js';
import { ERRORS } from '../../src/protocol/errors.js';
import { HTTP_STATUS } from '../../src/protocol/http-status.js';
import { readTables } from './tables.js';

const [kinds = [], calls = [], connectErrors = [], disconnectReasons = [], statuses = []] = readTables('errors.md');

describe('docs/errors.md', () => {
  it('lists every kind with its code, message and whether trying again may help, in the order of the code', () => {
    const documented = kinds.map(([kind, code, message, retryable]) => ({ kind, code, message, retryable }));
    const actual = Object.entries(ERRORS).map(([kind, { code, message, isRetryable }]) => ({
      kind,
      code: `${code}`,
      message,
      retryable: isRetryable ? 'yes' : 'no',
    }));
    expect(documented).toEqual(actual);
  });

  it('says of every kind when it happens', () => {
    expect(kinds.filter(([, , , , when = '']) => when === '')).toEqual([]);
  });

  it('names only kinds that exist beside the calls, and every kind of the reference at least once', () => {
    const named = new Set(calls.flatMap(([, thrown = '', rejected = '']) => [...listOf(thrown), ...listOf(rejected)]));
    expect([...named].filter((kind) => !(kind in ERRORS))).toEqual([]);
    const ofTheReference = Object.entries(ERRORS).filter(([, { code }]) => code > 0);
    expect(ofTheReference.map(([kind]) => kind).filter((kind) => !named.has(kind))).toEqual([]);
  });

  it.each([
    ['ConnectErrorCode', ConnectErrorCode, connectErrors],
    ['DisconnectReason', DisconnectReason, disconnectReasons],
  ] as const)('lists every %s with its number', (_, enumeration, rows) => {
    expect(rows.map(([number, name]) => [name, Number(number)])).toEqual(Object.entries(enumeration));
  });

  it('gives every kind that a gateway sends its HTTP status', () => {
    const documented = statuses.flatMap(([status, names = '']) => listOf(names).map((kind) => [kind, Number(status)]));
    const sent = Object.entries(HTTP_STATUS).filter(([, status]) => status !== undefined);
    expect(Object.fromEntries(documented)).toEqual(Object.fromEntries(sent));
    expect(documented).toHaveLength(sent.length);
  });
});

function listOf(cell: string): string[] {
  return cell
    .split(',')
    .map((kind) => kind.trim())
    .filter((kind) => kind !== '');
}
