import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BrokerError } from '../../src/protocol/errors.js';
import {
  formatError,
  formatNotification,
  formatRequest,
  formatResult,
  parseRequest,
  parseServerFrame,
} from '../../src/protocol/rpc.js';

const ids = fc.oneof(fc.maxSafeInteger(), fc.string({ minLength: 1, maxLength: 64 }));

describe('requests', () => {
  it('look like this', () => {
    expect(formatRequest(1, 'sendMessage', { sessionId: 100, msg: 'hi' })).toBe(
      '{"jsonrpc":"2.0","id":1,"method":"sendMessage","params":{"sessionId":100,"msg":"hi"}}',
    );
  });

  it('read back', () => {
    fc.assert(
      fc.property(ids, fc.string(), fc.dictionary(fc.string(), fc.jsonValue()), (id, method, params) => {
        const frame = formatRequest(id, method, params);
        expect(parseRequest(frame)).toEqual({ ...JSON.parse(frame), jsonrpc: undefined, type: 'request' });
      }),
    );
  });

  it('may be without parameters', () => {
    expect(parseRequest('{"jsonrpc":"2.0","id":"a","method":"ping"}')).toEqual({
      type: 'request',
      id: 'a',
      method: 'ping',
      params: {},
    });
  });

  it.each([
    ['', null, 'parseError'],
    ['{"jsonrpc":"2.0"', null, 'parseError'],
    ['null', null, 'invalidRequest'],
    ['"text"', null, 'invalidRequest'],
    ['[]', null, 'invalidRequest'],
    ['{}', null, 'invalidRequest'],
    ['{"jsonrpc":"2.0","id":null,"method":"ping"}', null, 'invalidRequest'],
    ['{"jsonrpc":"2.0","id":"","method":"ping"}', null, 'invalidRequest'],
    ['{"jsonrpc":"2.0","id":1e300,"method":"ping"}', null, 'invalidRequest'],
    ['{"jsonrpc":2.0,"id":1,"method":"ping"}', 1, 'invalidRequest'],
    ['{"jsonrpc":"2.0","id":1,"result":null}', 1, 'invalidRequest'],
  ])('are refused when they are none: %s', (text, id, kind) => {
    expect(parseRequest(text)).toMatchObject({ type: 'refusal', id, kind });
  });

  it('are read or refused, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(['request', 'refusal']).toContain(parseRequest(text).type);
      }),
    );
  });
});

describe('what the gateway sends', () => {
  it('reads back', () => {
    fc.assert(
      fc.property(ids, fc.jsonValue(), (id, json) => {
        const result = JSON.parse(JSON.stringify(json));
        expect(parseServerFrame(formatResult(id, result))).toEqual({ type: 'result', id, result });
        const notification = formatNotification('event', JSON.stringify(json));
        expect(parseServerFrame(notification)).toEqual({ type: 'notification', method: 'event', params: result });
      }),
    );
  });

  it('looks like this', () => {
    expect(formatResult(1, undefined)).toBe('{"jsonrpc":"2.0","id":1,"result":null}');
    expect(formatError('a"', new BrokerError('tooManyInFlight', 'Wait.'))).toBe(
      '{"jsonrpc":"2.0","id":"a\\"","error":{"code":-32006,"message":"Too many calls are unanswered. Wait.",' +
        '"data":{"kind":"tooManyInFlight","isRetryable":true}}}',
    );
  });

  it('may be an error without an id, or of a kind that only a later gateway knows', () => {
    expect(parseServerFrame(formatError(null, new BrokerError('parseError')))).toMatchObject({
      type: 'error',
      id: null,
      error: { code: -32_700, data: { kind: 'parseError', isRetryable: false } },
    });
    const later =
      '{"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":"?","data":{"kind":"toString","isRetryable":true}}}';
    expect(parseServerFrame(later)).toMatchObject({
      error: { code: -1, data: { kind: 'internalError', isRetryable: true } },
    });
    const plain = '{"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":"?"}}';
    expect(parseServerFrame(plain)).toEqual({ type: 'error', id: 1, error: { code: -1, message: '?' } });
  });

  it.each([
    '',
    '[]',
    '{}',
    '{"jsonrpc":"2.0","id":1}',
    '{"jsonrpc":"2.0","id":{},"result":1}',
    '{"jsonrpc":"2.0","id":1,"error":{}}',
  ])('is nothing else: %s', (text) => {
    expect(parseServerFrame(text)).toBeUndefined();
  });
});
