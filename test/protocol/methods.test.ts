import { describe, expect, it } from 'vitest';
import type { MethodName } from '../../src/protocol/calls.js';
import { METHODS } from '../../src/protocol/methods.js';
import { createParamsCheck } from '../../src/protocol/params-check.js';

const peerInfo = { deviceId: 'phone', bundleName: 'b', moduleName: 'm', abilityName: 'a' };

describe('the method table', () => {
  it('has every function of the reference under its name, and asks for a registered app and scope drive', () => {
    for (const name of REFERENCE_CALLS) expect(METHODS).toHaveProperty([name]);
    for (const name of REFERENCE_CALLS) expect(METHODS[name]).toMatchObject({ scope: 'drive', needs: 'app' });
  });

  it('asks for authentication everywhere but to authenticate', () => {
    const open = Object.entries(METHODS).filter(([, { needs }]) => needs === 'nothing');
    expect(open.map(([name]) => name)).toEqual(['authenticate']);
  });
});

describe('checks of parameters', () => {
  it.each<[MethodName, unknown]>([
    ['ping', {}],
    ['authenticate', { token: 't' }],
    ['registerApp', { moduleName: 'm', abilityName: 'a', resume: { epoch: 'e', offset: 0 } }],
    ['createAbilityConnectionSession', { serviceName: '', peerInfo: { ...peerInfo, more: 1 }, connectOptions: {} }],
    [
      'createAbilityConnectionSession',
      { serviceName: 's', peerInfo, connectOptions: { startOptions: 7, parameters: { a: 'b' } } },
    ],
    ['on', { type: 'whatever', sessionId: -1, encoding: 'base64' }],
    ['sendMessage', { sessionId: 100, msg: 'x'.repeat(5_000) }],
    ['sendData', { sessionId: 100, data: '' }],
    ['sendData', { sessionId: 100, data: 'AAECAw==' }],
    ['startStream', {}],
    ['startStream', { streamId: 'x' }],
  ])('of %s take what fits: %j', (method, params) => {
    expect(createParamsCheck(method)(params)).toBeUndefined();
  });

  it.each<[MethodName, unknown, string]>([
    ['ping', [], 'params must be object'],
    ['ping', null, 'params must be object'],
    ['authenticate', {}, 'params must have required properties token'],
    ['authenticate', { token: 'x'.repeat(257) }, 'params/token must not have more than 256 characters'],
    [
      'subscribe',
      { target: 'x' },
      'params/target must be equal to one of the allowed values: ["sessions","devices","nearby","trace"]',
    ],
    ['connect', { sessionId: 1.5 }, 'params/sessionId must be integer'],
    ['connect', { sessionId: 1, more: 1 }, 'params must not have additional properties: ["more"]'],
    ['sendData', { sessionId: 1, data: 'AAE' }, 'params/data must match pattern'],
    ['sendData', { sessionId: 1, data: 'AA E=' }, 'params/data must match pattern'],
    ['registerApp', { moduleName: 'm', abilityName: 'a', resume: { epoch: 'e', offset: -1 } }, 'params/resume/offset'],
    [
      'createAbilityConnectionSession',
      { serviceName: 's', peerInfo: { ...peerInfo, deviceId: 1 }, connectOptions: { parameters: { a: 1 } } },
      'params/peerInfo/deviceId must be string; params/connectOptions/parameters',
    ],
  ])('of %s say where %j does not fit', (method, params, words) => {
    expect(createParamsCheck(method)(params)).toContain(words);
  });

  it('say it briefly, whatever the names', () => {
    expect(createParamsCheck('ping')({ ['x'.repeat(10_000)]: 1 })).toHaveLength(300);
  });
});

const REFERENCE_CALLS = [
  'createAbilityConnectionSession',
  'destroyAbilityConnectionSession',
  'getPeerInfoById',
  'connect',
  'acceptConnect',
  'reject',
  'disconnect',
  'sendMessage',
  'sendData',
  'on',
  'off',
  'sendImage',
  'createStream',
  'setSurfaceId',
  'getSurfaceId',
  'updateSurfaceParam',
  'startStream',
  'stopStream',
  'destroyStream',
] as const satisfies readonly MethodName[];
