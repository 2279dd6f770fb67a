/** The WebSocket side as an AsyncAPI 3.0 document, made from the tables of methods and notifications. */
import { ErrorBody } from '../../protocol/http-types.js';
import type { MethodRow } from '../../protocol/method-types.js';
import { METHODS } from '../../protocol/methods.js';
import { NOTIFICATIONS } from '../../protocol/notifications.js';
import { SUBPROTOCOL } from '../../protocol/rpc.js';
import { exampleOf } from './example.js';
import { type JsonSchema, toJson } from './json-schema.js';

/** Seen from the gateway, as AsyncAPI asks: it receives calls and sends notifications. `origin` as for createOpenApi. */
export function createAsyncApi(version: string, origin = 'http://127.0.0.1:8420'): object {
  const { host, protocol } = new URL(origin);
  return {
    asyncapi: '3.0.0',
    info: { title: 'Tandem gateway', version, description: DESCRIPTION, license: { name: 'MIT' } },
    defaultContentType: 'application/json',
    servers: { gateway: { host, protocol: protocol === 'https:' ? 'wss' : 'ws', description: 'Where it listens.' } },
    channels: {
      gateway: {
        address: '/v1/ws',
        title: 'One WebSocket connection',
        messages: messages(),
        bindings: { ws: { method: 'GET', headers: SUBPROTOCOL_HEADER, bindingVersion: '0.1.0' } },
      },
    },
    operations: operations(),
  };
}

const DESCRIPTION = `JSON-RPC 2.0 in text frames, subprotocol ${SUBPROTOCOL}. Binary frames, close codes and rules are in docs/gateway.md.`;

const SUBPROTOCOL_HEADER = {
  type: 'object',
  properties: { 'Sec-WebSocket-Protocol': { type: 'string', const: SUBPROTOCOL } },
};

function messages(): Record<string, object> {
  const calls = Object.entries<MethodRow>(METHODS).flatMap(([name, { params, result, order, doc }]) => [
    [name, message(name, `${doc}${byPosition(order)}`, request(name, toJson(params)))] as const,
    [`${name}Result`, message(`${name}Result`, `The answer to ${name}.`, answer(toJson(result)))] as const,
  ]);
  const notifications = Object.entries(NOTIFICATIONS).map(([name, params]) => {
    return [name, message(name, `The notification ${name}.`, envelope(name, toJson(params)))] as const;
  });
  return { ...Object.fromEntries([...calls, ...notifications]), error: message('error', 'A call that failed.', ERROR) };
}

function byPosition(order: readonly string[] | undefined): string {
  return order === undefined ? '' : ` By position: ${order.join(', ')}.`;
}

function message(name: string, summary: string, payload: JsonSchema): object {
  return { name, title: name, summary, payload, examples: [{ payload: exampleOf(payload) }] };
}

function operations(): Record<string, object> {
  const channel = { $ref: '#/channels/gateway' };
  const ref = (name: string) => ({ $ref: `#/channels/gateway/messages/${name}` });
  const calls = Object.entries(METHODS).map(([name, { doc }]) => {
    const reply = { channel, messages: [ref(`${name}Result`), ref('error')] };
    return [name, { action: 'receive', channel, summary: doc, messages: [ref(name)], reply }] as const;
  });
  const notifications = Object.keys(NOTIFICATIONS).map((name) => {
    return [name, { action: 'send', channel, messages: [ref(name)] }] as const;
  });
  return Object.fromEntries([...calls, ...notifications]);
}

const VERSION: JsonSchema = { type: 'string', enum: ['2.0'] };
const ID: JsonSchema = { anyOf: [{ type: 'integer' }, { type: 'string', minLength: 1, maxLength: 64 }] };

/** `params` may be left out where none is required. */
function request(name: string, params: JsonSchema): JsonSchema {
  const needed = (params.required ?? []).length > 0 ? ['params'] : [];
  const { properties } = envelope(name, params);
  return { type: 'object', required: ['jsonrpc', 'id', 'method', ...needed], properties: { ...properties, id: ID } };
}

function envelope(name: string, params: JsonSchema): JsonSchema {
  const method: JsonSchema = { type: 'string', enum: [name] };
  return {
    type: 'object',
    required: ['jsonrpc', 'method', 'params'],
    properties: { jsonrpc: VERSION, method, params },
  };
}

function answer(result: JsonSchema): JsonSchema {
  return { type: 'object', required: ['jsonrpc', 'id', 'result'], properties: { jsonrpc: VERSION, id: ID, result } };
}

/** The kinds are those of docs/errors.md; later gateways may know more. */
const ERROR: JsonSchema = {
  type: 'object',
  required: ['jsonrpc', 'id', 'error'],
  properties: {
    jsonrpc: VERSION,
    id: { anyOf: [{ type: 'integer' }, { type: 'string' }, { type: 'null' }] },
    error: {
      type: 'object',
      required: ['code', 'message', 'data'],
      properties: {
        code: { type: 'integer' },
        message: { type: 'string' },
        data: {
          type: 'object',
          required: ['kind', 'isRetryable'],
          properties: {
            kind: toJson(ErrorBody.properties.kind),
            isRetryable: { type: 'boolean' },
            retryAfterMs: { type: 'integer' },
          },
        },
      },
    },
  },
};
