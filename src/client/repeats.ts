/** Which calls are made again when their connection was lost before the answer, and the keys that keep them from being carried out twice. */
import type { MethodName, MethodParams } from '../protocol/calls.js';
import type { Repeat } from './queue.js';

/** Calls that change something: the gateway takes their key. */
type KeyedMethod = {
  [M in MethodName]: 'idempotencyKey' extends keyof MethodParams<M> ? M : never;
}[MethodName];

/** What looks and changes nothing may be repeated as it is. */
const REPEATS: { readonly [M in MethodName]: M extends KeyedMethod ? 'forApp' : Exclude<Repeat, 'forApp'> } = {
  authenticate: 'never',
  ping: 'always',
  getAvailableDeviceList: 'always',
  listKnownDevices: 'always',
  listSessions: 'always',
  traceSession: 'always',
  createToken: 'never',
  listTokens: 'always',
  revokeToken: 'always',
  subscribe: 'always',
  unsubscribe: 'always',
  registerApp: 'never',
  createAbilityConnectionSession: 'forApp',
  destroyAbilityConnectionSession: 'forApp',
  getPeerInfoById: 'always',
  on: 'forApp',
  off: 'forApp',
  connect: 'forApp',
  acceptConnect: 'forApp',
  reject: 'forApp',
  disconnect: 'forApp',
  sendMessage: 'forApp',
  sendData: 'forApp',
  sendImage: 'never',
  createStream: 'never',
  setSurfaceId: 'never',
  getSurfaceId: 'never',
  updateSurfaceParam: 'never',
  startStream: 'never',
  stopStream: 'never',
  destroyStream: 'never',
};

/** A method that this client does not know may change something. */
export function repeatOf(method: string): Repeat {
  return Object.hasOwn(REPEATS, method) ? REPEATS[method as MethodName] : 'never'; // hasOwn: it is one of them
}

/** Gives keys that no other client of the same app makes: one may take its place within the grace period. */
export function createKeys(): () => string {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2));
  const prefix = `${high.toString(36)}${low.toString(36)}`;
  let count = 0;
  return () => {
    count += 1;
    return `${prefix}.${count}`;
  };
}
