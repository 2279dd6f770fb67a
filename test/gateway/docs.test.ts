import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, limitsToTell } from '../../src/gateway/gateway-limits.js';
import type { MethodName } from '../../src/protocol/calls.js';
import { adviceOf, CLOSE_CODES } from '../../src/protocol/close-codes.js';
import { TRACE_LANES } from '../../src/protocol/codes.js';
import { readReceivedData, readSendData } from '../../src/protocol/data-frame.js';
import { ERRORS } from '../../src/protocol/errors.js';
import {
  AccessToken,
  AvailableDevice,
  ConnectOptions,
  ConnectResult,
  KnownDevice,
  NearbyDevice,
  PeerInfo,
  Position,
  SessionSummary,
} from '../../src/protocol/method-types.js';
import { METHODS } from '../../src/protocol/methods.js';
import { NOTIFICATIONS } from '../../src/protocol/notifications.js';
import { createParamsCheck } from '../../src/protocol/params-check.js';
import { parseRequest, parseServerFrame } from '../../src/protocol/rpc.js';
import { SessionTrace, TraceEntry } from '../../src/protocol/trace-types.js';
import { type Row, readTables } from '../docs/tables.js';
import { createStage, createToken } from './fixture.js';
import { openRaw, type RawClient } from './raw-client.js';
import { checkNotification, checkResult } from './schemas.js';

const page = readFileSync(new URL('../../docs/gateway.md', import.meta.url), 'utf8');
const tables = readTables('gateway.md');
const [methods, records, notifications, sendFrame, keyedFrame, receiveFrame, , lanes, , closeCodes, limits] = tables;

describe('docs/gateway.md', () => {
  it('has the method table of the code', () => {
    const rows = Object.entries(METHODS).map(([name, { scope, needs, params, doc }]) => [
      name,
      scope,
      needs,
      namesOf(params).join(', '),
      doc.replaceAll('`', ''),
    ]);
    expect(methods).toEqual(rows);
  });

  it('has every field of every record', () => {
    const schemas = {
      PeerInfo,
      ConnectOptions,
      ConnectResult,
      Device: AvailableDevice,
      NearbyDevice,
      KnownDevice,
      Session: SessionSummary,
      SessionTrace,
      TraceEntry,
      Position,
      AccessToken,
    };
    expect(records?.map(([name]) => name)).toEqual(Object.keys(schemas));
    for (const [index, schema] of Object.values(schemas).entries()) {
      const [, fields = ''] = records?.[index] ?? [];
      for (const name of namesOf(schema)) expect(fields).toMatch(new RegExp(`(^|[^\\w])${name.replace('?', '\\?')}`));
    }
  });

  it('has the notifications of the code, with their parameters', () => {
    const documented = notifications?.map(([name, , params = '']) => [name, params.replaceAll(/ \{[^}]*\}/g, '')]);
    expect(documented).toEqual(
      Object.entries(NOTIFICATIONS).map(([name, schema]) => [name, namesOf(schema).join(', ')]),
    );
  });

  it('explains every lane of a trace', () => {
    expect(lanes?.map(([lane]) => lane)).toEqual([...TRACE_LANES]);
  });

  it('has the close codes of the code', () => {
    const rows = Object.values(CLOSE_CODES).map(({ code, reason }) => {
      return [String(code), adviceOf(code) === 'retry' ? 'try again' : 'give up', reason];
    });
    expect(closeCodes).toEqual(rows);
  });

  it('has the limits that hello tells, with their defaults', () => {
    const told = limitsToTell(DEFAULT_LIMITS);
    const documented = limits?.map(([name = '', value = '']) => [name, Number(value.replaceAll(',', ''))]);
    expect(new Map(documented as [string, number][])).toEqual(new Map(Object.entries(told))); // two cells a row, see above
  });

  it('has binary frames that can be read', () => {
    expect(readSendData(bytesOf(sendFrame))).toMatchObject({ requestId: 18, sessionId: 100, key: undefined });
    expect(readSendData(bytesOf(keyedFrame))).toMatchObject({ requestId: 18, sessionId: 100, key: 'k1' });
    expect(readReceivedData(bytesOf(receiveFrame))).toMatchObject({ sessionId: 101, offset: 4 });
  });

  it('has an example of every method that is supported, and every example fits the schemas', () => {
    const asked = new Set<string>();
    const methodOf = new Map<unknown, MethodName>([[2, 'ping']]);
    for (const [, arrow, text = ''] of page.matchAll(/^ {4}([→←]) (.*)$/gm)) {
      if (arrow === '→') asked.add(checkRequest(text, methodOf));
      else checkAnswer(text, methodOf);
    }
    const supported = Object.entries(METHODS).filter(([, { doc }]) => !doc.includes('not supported'));
    expect([...asked]).toEqual(expect.arrayContaining(supported.map(([name]) => name)));
  });

  it('has a transcript that two gateways play, byte for byte', async () => {
    const stage = await createStage({ version: '0.1.0' });
    const grant = { name: 'demo', bundleName: 'com.example.demo' };
    const known = new Map([
      ['KITCHEN-ACCESS-TOKEN', await createToken(stage.kitchen, grant)],
      ['PHONE-ACCESS-TOKEN', await createToken(stage.phone, grant)],
    ]);
    const clients = new Map<string, RawClient>();
    const lines = [...page.matchAll(/^(kitchen|phone) +([→←]) (.*)$/gm)];
    expect(lines.length).toBeGreaterThan(30);
    for (const [, name = '', arrow, text = ''] of lines) {
      const station = name === 'kitchen' ? stage.kitchen : stage.phone;
      const client = clients.get(name) ?? (await openRaw(station.gateway.url));
      clients.set(name, client);
      if (arrow === '→') client.sendRaw(text.startsWith('0x') ? fromHex(text) : replaceAll(text, known));
      else expect(await receive(client, text, known)).toBe(text);
    }
  });
});

/** Parameter names in the order of the schema, optional ones with a question mark. */
function namesOf(schema: object): string[] {
  const { properties = {}, required = [] } = schema as { properties?: object; required?: string[] }; // JSON Schema of an object
  return Object.keys(properties).map((name) => (required.includes(name) ? name : `${name}?`));
}

function bytesOf(table: readonly Row[] = []): Buffer {
  return Buffer.from(table.map(([, , example = '']) => example).join(''), 'hex');
}

function checkRequest(text: string, methodOf: Map<unknown, MethodName>): MethodName {
  const request = parseRequest(text);
  if (request.type !== 'request' || !Object.hasOwn(METHODS, request.method)) throw new Error(`no request: ${text}`);
  const method = request.method as MethodName; // checked above
  expect([text, createParamsCheck(method)(request.params)]).toEqual([text, undefined]);
  methodOf.set(request.id, method);
  return method;
}

function checkAnswer(text: string, methodOf: ReadonlyMap<unknown, MethodName>): void {
  const frame = parseServerFrame(text);
  if (frame?.type === 'notification') return checkNotification(frame.method, frame.params);
  if (frame?.type === 'result') return checkResult(methodOf.get(frame.id) ?? '', frame.result);
  const { code, message, data } = frame?.error ?? {};
  const row = ERRORS[data?.kind ?? 'internalError'];
  expect([text, code, data?.isRetryable]).toEqual([text, row.code, row.isRetryable]);
  expect(message).toContain(row.message);
}

/** The next frame, with what differs from run to run as the page has it. */
async function receive(client: RawClient, expected: string, known: Map<string, string>): Promise<string> {
  if (expected.startsWith('0x')) return `0x${(await client.binaries.next()).toString('hex')}`;
  let text = await client.texts.next();
  const actual = [...text.matchAll(VARIABLE)];
  for (const [index, [, documented = '']] of [...expected.matchAll(VARIABLE)].entries()) {
    known.set(documented, actual[index]?.[1] ?? '');
  }
  for (const [documented, value] of known) text = text.replaceAll(value, documented);
  return text;
}

const VARIABLE = /"(?:epoch|ohos\.dms\.collabToken)":"([^"]+)"/g;

function replaceAll(text: string, known: ReadonlyMap<string, string>): string {
  return [...known].reduce((replaced, [documented, value]) => replaced.replaceAll(documented, value), text);
}

function fromHex(text: string): Buffer {
  return Buffer.from(text.slice(2), 'hex');
}
