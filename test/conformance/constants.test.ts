import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { AbilityConnectionManager } from '../../src/broker/interface.js';
import { createStage, registerApp } from './fixture.js';

/** Every enumeration of the reference's page, number by number; SYSTEM_INTERNAL_ERROR is in the original's declaration only. */
const ENUMERATIONS = [
  [
    'ConnectErrorCode',
    {
      CONNECTED_SESSION_EXISTS: 0,
      PEER_APP_REJECTED: 1,
      LOCAL_WIFI_NOT_OPEN: 2,
      PEER_WIFI_NOT_OPEN: 3,
      PEER_ABILITY_NO_ONCOLLABORATE: 4,
      SYSTEM_INTERNAL_ERROR: 5,
    },
  ],
  ['StartOptionParams', { START_IN_FOREGROUND: 0, START_IN_BACKGROUND: 1 }],
  ['CollaborateEventType', { SEND_FAILURE: 0, COLOR_SPACE_CONVERSION_FAILURE: 1 }],
  ['DisconnectReason', { PEER_APP_CLOSE_COLLABORATION: 0, PEER_APP_EXIT: 1, NETWORK_DISCONNECTED: 2 }],
  [
    'CollaborationKeys',
    {
      PEER_INFO: 'ohos.collaboration.key.peerInfo',
      CONNECT_OPTIONS: 'ohos.collaboration.key.connectOptions',
      COLLABORATE_TYPE: 'ohos.collaboration.key.abilityCollaborateType',
    },
  ],
  [
    'CollaborationValues',
    {
      ABILITY_COLLABORATION_TYPE_DEFAULT: 'ohos.collaboration.value.abilityCollab',
      ABILITY_COLLABORATION_TYPE_CONNECT_PROXY: 'ohos.collaboration.value.connectProxy',
    },
  ],
  ['StreamRole', { SOURCE: 0, SINK: 1 }],
  ['FlipOptions', { HORIZONTAL: 0, VERTICAL: 1 }],
  ['VideoPixelFormat', { UNKNOWN: -1, NV12: 0, NV21: 1 }],
] as const satisfies readonly (readonly [keyof AbilityConnectionManager, Readonly<Record<string, number | string>>])[];

/** Every function of the page and of the original's declaration. */
const FUNCTIONS = [
  'createAbilityConnectionSession',
  'destroyAbilityConnectionSession',
  'getPeerInfoById',
  'connect',
  'acceptConnect',
  'disconnect',
  'reject',
  'on',
  'off',
  'sendMessage',
  'sendData',
  'onConnect',
  'offConnect',
  'onDisconnect',
  'offDisconnect',
  'onReceiveMessage',
  'offReceiveMessage',
  'onReceiveData',
  'offReceiveData',
  'onReceiveImage',
  'offReceiveImage',
  'onCollaborateEvent',
  'offCollaborateEvent',
  'sendImage',
  'createStream',
  'setSurfaceId',
  'getSurfaceId',
  'updateSurfaceParam',
  'startStream',
  'stopStream',
  'destroyStream',
] as const satisfies readonly (keyof AbilityConnectionManager)[];

describe('the module', () => {
  it.each(ENUMERATIONS)('has the enumeration %s with exactly the documented values', async (name, values) => {
    const { kitchen } = await createStage();
    expect(registerApp(kitchen).abilityConnectionManager[name]).toEqual(values);
  });

  it('knows the older key and values for the start option', async () => {
    const { kitchen } = await createStage();
    expect(registerApp(kitchen).abilityConnectionManager.ConnectOptionParams).toMatchObject({
      KEY_START_OPTION: 'ohos.collabrate.key.start.option',
      VALUE_START_OPTION_FOREGROUND: 'ohos.collabrate.value.foreground',
    });
  });

  it.each(FUNCTIONS)('has the function %s', async (name) => {
    const { kitchen } = await createStage();
    expect(registerApp(kitchen).abilityConnectionManager[name]).toBeTypeOf('function');
  });

  it('works when its functions are taken out of it, as an import of single names does', async () => {
    const { kitchen, phone } = await createStage();
    const app = registerApp(kitchen);
    const { createAbilityConnectionSession, getPeerInfoById } = app.abilityConnectionManager;
    const peer = { deviceId: phone.name, bundleName: 'b', moduleName: 'm', abilityName: 'a' };
    const sessionId = createAbilityConnectionSession('collabTest', app.context, peer, {});
    expect(getPeerInfoById(sessionId)).toMatchObject(peer);
  });
});

/** Every entry of the package that has code, as its source. */
const ENTRIES = Object.values(JSON.parse(readFileSync('package.json', 'utf8')).exports).flatMap((entry) => {
  const { default: file = '' } = Object(entry);
  return file.endsWith('.js') ? [file.replace('./dist/', '../../src/').replace(/\.js$/, '.ts')] : [];
});

describe('enumerations and constants', () => {
  it.each(ENTRIES)('of %s are frozen: no app changes them for all', async (file) => {
    expect(await thawed(await import(file))).toEqual([]);
  });

  it('are what the entries are looked through for', async () => {
    const seen = await Promise.all(ENTRIES.map(async (file) => Object.values(await import(file)).filter(isConstant)));
    expect([seen.length >= 4, seen.flat().length > 12]).toEqual([true, true]);
  });

  it('of the module are frozen, too, and are the same for all apps', async () => {
    const { kitchen } = await createStage();
    const [one, other] = [registerApp(kitchen), registerApp(kitchen, { abilityName: 'OtherAbility' })];
    const { DisconnectReason } = one.abilityConnectionManager;
    expect(thawed({ ...one.abilityConnectionManager })).toEqual([]);
    expect(() => Object.assign(DisconnectReason, { PEER_APP_EXIT: 7 })).toThrow(TypeError);
    expect(other.abilityConnectionManager.DisconnectReason.PEER_APP_EXIT).toBe(1);
  });
});

describe('who an app is', () => {
  it('cannot be changed by what it is handed', async () => {
    const { kitchen, phone } = await createStage();
    const app = registerApp(kitchen);
    expect(() => Object.assign(app.context.app, { bundleName: 'another' })).toThrow(TypeError);
    const [device] = app.distributedDeviceManager.getAvailableDeviceListSync();
    Object.assign(device ?? {}, { deviceId: 'another' });
    expect(app.distributedDeviceManager.getAvailableDeviceListSync()).toMatchObject([{ deviceId: phone.name }]);
    expect(kitchen.broker.listDevices()).toMatchObject([{ deviceId: phone.name }]);
  });
});

/** Names of what can still be changed, at any depth. Functions, classes and what is made of a class are no constants. */
function thawed(values: object, path = ''): string[] {
  return Object.entries(values).flatMap(([name, value]: [string, unknown]) => {
    if (!isConstant(value)) return [];
    return [...(Object.isFrozen(value) ? [] : [path + name]), ...thawed(value, `${path}${name}.`)];
  });
}

function isConstant(value: unknown): value is object {
  const above: unknown = typeof value === 'object' && value !== null && Object.getPrototypeOf(value);
  return above === Object.prototype || above === Array.prototype;
}
