/** The JSON-RPC 2.0 envelope of the gateway: text frames in, typed values out, and back. Source: jsonrpc.org/specification. */
import { type BrokerError, ERRORS, type ErrorKind } from './errors.js';
import { GATEWAY_PROTOCOL_VERSION, MAX_REQUEST_ID_CHARACTERS } from './limits.js';

/** What a client names in the WebSocket handshake (Sec-WebSocket-Protocol). */
export const SUBPROTOCOL = `tandem.v${GATEWAY_PROTOCOL_VERSION}`;

/** Chosen by the client and repeated in the answer. null, fractions and long texts are refused. */
export type RequestId = string | number;

export interface Request {
  readonly type: 'request';
  readonly id: RequestId;
  readonly method: string;
  /** `{}` when the frame has none. */
  readonly params: unknown;
}

/** A frame that is not a request; `id` is null where it could not be read. */
export interface Refusal {
  readonly type: 'refusal';
  readonly id: RequestId | null;
  readonly kind: 'parseError' | 'invalidRequest';
  readonly detail: string;
}

/**
 * Reads what a client sent. Batches are refused, and so are calls without an id: nobody could learn that such a call failed.
 */
export function parseRequest(text: string): Request | Refusal {
  const value = parseObject(text);
  if (typeof value === 'string') return refuse(null, value === '' ? 'parseError' : 'invalidRequest', value);
  const { jsonrpc, id, method, params } = value;
  if (!isRequestId(id)) return refuse(null, 'invalidRequest', 'id must be an integer or a text of 1 to 64 characters.');
  if (jsonrpc !== '2.0') return refuse(id, 'invalidRequest', 'jsonrpc must be "2.0".');
  if (typeof method !== 'string') return refuse(id, 'invalidRequest', 'method must be a text.');
  return { type: 'request', id, method, params: params === undefined ? NO_PARAMS : params };
}

/** The fields of a JSON object, or what is wrong: '' when it is not JSON at all. */
function parseObject(text: string): Readonly<Record<string, unknown>> | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return '';
  }
  if (Array.isArray(value)) return 'Batches are not supported.';
  return isObject(value) ? value : 'It must be an object.';
}

function isRequestId(id: unknown): id is RequestId {
  if (typeof id === 'number') return Number.isSafeInteger(id);
  return typeof id === 'string' && id.length > 0 && id.length <= MAX_REQUEST_ID_CHARACTERS;
}

const NO_PARAMS = Object.freeze({});

function refuse(id: RequestId | null, kind: Refusal['kind'], detail: string): Refusal {
  return { type: 'refusal', id, kind, detail };
}

/** What a client sends. `params` must be free of values that JSON does not know. */
export function formatRequest(id: RequestId, method: string, params: unknown): string {
  return formatCall(id, method, JSON.stringify(params));
}

/** The same with `params` that are JSON already. */
export function formatCall(id: RequestId, method: string, params: string): string {
  return `{"jsonrpc":"2.0","id":${formatId(id)},"method":${JSON.stringify(method)},"params":${params}}`;
}

/** The answer to a call; undefined becomes null, as JSON-RPC knows no absent result. */
export function formatResult(id: RequestId, result: unknown): string {
  return `{"jsonrpc":"2.0","id":${formatId(id)},"result":${result == null ? 'null' : JSON.stringify(result)}}`;
}

/** An error as it travels: `data` says which row of docs/errors.md it is and whether trying again may help. */
export interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data?: { readonly kind: ErrorKind; readonly isRetryable: boolean; readonly retryAfterMs?: number };
}

export function formatError(id: RequestId | null, error: BrokerError): string {
  const { code, message, kind, isRetryable, retryAfterMs } = error;
  const body: RpcError = {
    code,
    message,
    data: { kind, isRetryable, ...(retryAfterMs !== undefined && { retryAfterMs }) },
  };
  return `{"jsonrpc":"2.0","id":${id === null ? 'null' : formatId(id)},"error":${JSON.stringify(body)}}`;
}

/** A notification from the gateway; `params` is JSON already, because the busiest ones are put together from ready pieces. */
export function formatNotification(method: string, params: string): string {
  return `{"jsonrpc":"2.0","method":"${method}","params":${params}}`;
}

function formatId(id: RequestId): string {
  return typeof id === 'number' ? String(id) : JSON.stringify(id);
}

/** What a client receives in a text frame. */
export type ServerFrame =
  | { readonly type: 'result'; readonly id: RequestId; readonly result: unknown }
  | { readonly type: 'error'; readonly id: RequestId | null; readonly error: RpcError }
  | { readonly type: 'notification'; readonly method: string; readonly params: unknown };

/** Reads what a gateway sent; undefined when it is none of the three. */
export function parseServerFrame(text: string): ServerFrame | undefined {
  const value = parseObject(text);
  if (typeof value === 'string' || value['jsonrpc'] !== '2.0') return undefined;
  const { id, method, params, result } = value;
  if (typeof method === 'string') return { type: 'notification', method, params };
  if (result !== undefined) return isRequestId(id) ? { type: 'result', id, result } : undefined;
  const error = readError(value['error']);
  return error !== undefined && (id === null || isRequestId(id)) ? { type: 'error', id, error } : undefined;
}

function readError(error: unknown): RpcError | undefined {
  if (!isObject(error)) return undefined;
  const { code, message, data } = error;
  if (typeof code !== 'number' || typeof message !== 'string') return undefined;
  if (!isObject(data) || typeof data['kind'] !== 'string') return { code, message };
  const { isRetryable, retryAfterMs } = data;
  const known = { kind: readKind(data['kind']), isRetryable: isRetryable === true };
  return { code, message, data: typeof retryAfterMs === 'number' ? { ...known, retryAfterMs } : known };
}

/** A row that only a later gateway knows is an internal error for this client; its own code and words stay. */
function readKind(kind: string): ErrorKind {
  return Object.hasOwn(ERRORS, kind) ? (kind as ErrorKind) : 'internalError'; // hasOwn: it is a row
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
