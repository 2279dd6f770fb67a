import { describe, expect, it } from 'vitest';
import type { MethodName } from '../../src/protocol/calls.js';
import { METHODS } from '../../src/protocol/methods.js';
import { nameParams } from '../../src/protocol/params-by-position.js';

/** Source: reference, abilityConnectionManager; less `context`, and less the callbacks, which no client can send. */
const REFERENCE_ORDER = {
  createAbilityConnectionSession: ['serviceName', 'peerInfo', 'connectOptions'],
  destroyAbilityConnectionSession: ['sessionId'],
  getPeerInfoById: ['sessionId'],
  on: ['type', 'sessionId'],
  off: ['type', 'sessionId'],
  connect: ['sessionId'],
  acceptConnect: ['sessionId', 'token'],
  reject: ['token', 'reason'],
  disconnect: ['sessionId'],
  sendMessage: ['sessionId', 'msg'],
  sendData: ['sessionId', 'data'],
  sendImage: ['sessionId', 'image', 'quality'],
  createStream: ['sessionId', 'param'],
  setSurfaceId: ['streamId', 'surfaceId', 'param'],
  getSurfaceId: ['streamId', 'param'],
  updateSurfaceParam: ['streamId', 'param'],
  startStream: ['streamId'],
  stopStream: ['streamId'],
  destroyStream: ['streamId'],
} satisfies Partial<Record<MethodName, readonly string[]>>;

describe('parameters by position', () => {
  it.each(Object.entries(REFERENCE_ORDER))('of %s have the reference’s order: %j', (name, order) => {
    const values = order.map((_, index) => `value ${index}`);
    const named = Object.fromEntries(order.map((parameter, index) => [parameter, `value ${index}`]));
    expect(nameParams(name as MethodName, values)).toEqual(named); // a key of the table
  });

  it('are laid down for every call of the reference and for no other', () => {
    const ordered = Object.entries(METHODS).filter(([, row]) => 'order' in row);
    expect(ordered.map(([name]) => name).sort()).toEqual(Object.keys(REFERENCE_ORDER).sort());
  });

  it('are parameters that the method has, and all that it needs', () => {
    for (const [name, order] of Object.entries(REFERENCE_ORDER)) {
      const { properties, required = [] } = JSON.parse(JSON.stringify(METHODS[name as MethodName].params)); // as above
      expect([name, Object.keys(properties)]).toEqual([name, expect.arrayContaining(order)]);
      expect([name, order]).toEqual([name, expect.arrayContaining(required)]);
    }
  });

  it('may be fewer: what is missing is found by the check', () => {
    expect(nameParams('sendMessage', [100])).toEqual({ sessionId: 100 });
    expect(nameParams('sendMessage', [])).toEqual({});
    expect(nameParams('ping', [])).toEqual({});
  });

  it.each<[MethodName, string]>([
    ['sendMessage', 'A list of parameters of sendMessage has at most sessionId, msg.'],
    ['subscribe', 'subscribe takes its parameters by name: target, sessionId, since.'],
    ['ping', 'ping takes no parameters.'],
  ])('are refused with a sentence where %s does not take them', (method, words) => {
    expect(() => nameParams(method, [1, 2, 3])).toThrow(expect.objectContaining({ kind: 'invalidParams' }));
    expect(() => nameParams(method, [1, 2, 3])).toThrow(words);
  });

  it.each([undefined, null, {}, 'text', 1])('leave what is no list as it is: %j', (params) => {
    expect(nameParams('connect', params)).toBe(params);
  });
});
