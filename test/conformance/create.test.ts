import { describe, expect, it } from 'vitest';
import { ConnectOptionParams, StartOptionParams } from '../../src/protocol/codes.js';
import type { ConnectOptions } from '../../src/protocol/collaboration.js';
import {
  APP,
  acceptOffer,
  createSession,
  createStage,
  peerOn,
  registerApp,
  registerAskedApp,
  SERVICE,
} from './fixture.js';
import { outcomeOf } from './outcome.js';
import { advanceUntil } from './time.js';

describe('createAbilityConnectionSession', () => {
  it('returns the ID of the session, the first being 100', async () => {
    const { kitchen, phone } = await createStage();
    expect(createSession(registerApp(kitchen), phone)).toBe(100);
  });

  it('counts up by one and never gives an ID twice, even after the session is destroyed', async () => {
    const { kitchen, phone } = await createStage();
    const app = registerApp(kitchen);
    const first = createSession(app, phone);
    app.abilityConnectionManager.destroyAbilityConnectionSession(first);
    expect([createSession(app, phone), createSession(app, phone)]).toEqual([first + 1, first + 2]);
  });

  it('uses up no ID when it refuses', async () => {
    const { kitchen, phone } = await createStage();
    const app = registerApp(kitchen);
    const refused = await outcomeOf(() => createSession(app, phone, { peer: { deviceId: '' } }));
    expect([refused, createSession(app, phone)]).toEqual(['throws 401 invalidParameter', 100]);
  });

  it('numbers the sessions of all apps of the device together', async () => {
    const { kitchen, phone } = await createStage();
    const app = registerApp(kitchen);
    const other = registerApp(kitchen, { abilityName: 'OtherAbility' });
    expect([createSession(app, phone), createSession(other, phone)]).toEqual([100, 101]);
  });

  it('makes as many sessions with the same peer and service as asked for', async () => {
    const { kitchen, phone } = await createStage();
    const app = registerApp(kitchen);
    expect(new Set(Array.from({ length: 5 }, () => createSession(app, phone))).size).toBe(5);
  });

  it('asks neither for the peer device to be near nor for its app to run', async () => {
    const { kitchen, phone } = await createStage();
    const app = registerApp(kitchen);
    expect(createSession(app, phone, { peer: { deviceId: 'a device nobody has seen' } })).toBe(100);
  });

  it('takes a service name of up to 256 characters', async () => {
    const { kitchen, phone } = await createStage();
    const app = registerApp(kitchen);
    const make = (characters: number) =>
      outcomeOf(() => createSession(app, phone, { serviceName: 's'.repeat(characters) }));
    expect(await make(256)).toBe('returns 100');
    expect(await make(257)).toBe('throws 401 invalidParameter');
  });

  it('counts characters of a service name, not bytes', async () => {
    const { kitchen, phone } = await createStage();
    const app = registerApp(kitchen);
    expect(createSession(app, phone, { serviceName: 'ö'.repeat(256) })).toBe(100);
    const tooLong = () => createSession(app, phone, { serviceName: '😀'.repeat(257) });
    expect(tooLong).toThrow('serviceName must be at most 256 characters.');
  });

  it('takes the service name of peerInfo where the argument is empty', async () => {
    const { kitchen, phone } = await createStage();
    const app = registerApp(kitchen);
    const sessionId = createSession(app, phone, { serviceName: '', peer: { serviceName: 'fromPeerInfo' } });
    expect(app.abilityConnectionManager.getPeerInfoById(sessionId)?.serviceName).toBe('fromPeerInfo');
  });

  it('connects under the service name of peerInfo where the argument is empty', async () => {
    const { kitchen, phone } = await createStage();
    const asked = registerAskedApp(phone);
    const app = registerApp(kitchen);
    const sessionId = createSession(app, phone, { serviceName: '', peer: { serviceName: 'fromPeerInfo' } });
    const connecting = app.abilityConnectionManager.connect(sessionId);
    const offer = await asked.offers.next();
    expect(offer.parameters.PeerInfo.serviceName).toBe('fromPeerInfo');
    acceptOffer(asked, offer);
    await expect(connecting).resolves.toMatchObject({ isConnected: true });
  });

  it('refuses when neither the argument nor peerInfo names a service', async () => {
    const { kitchen, phone } = await createStage();
    const app = registerApp(kitchen);
    expect(await outcomeOf(() => createSession(app, phone, { serviceName: '' }))).toBe('throws 401 invalidParameter');
  });

  it('keeps peerInfo as it was at the call', async () => {
    const { kitchen, phone } = await createStage();
    const app = registerApp(kitchen);
    const peer = { ...peerOn(phone) };
    const sessionId = app.abilityConnectionManager.createAbilityConnectionSession(SERVICE, app.context, peer, {});
    peer.bundleName = 'changed.afterwards';
    expect(app.abilityConnectionManager.getPeerInfoById(sessionId)?.bundleName).toBe(APP.bundleName);
  });
});

/** What the far side's app is told of the options given to create. */
const OPTIONS_ON_THE_WAY: readonly (readonly [what: string, given: ConnectOptions, told: object])[] = [
  ['needSendData', { needSendData: true }, { needSendData: true }],
  ['the default of needSendData, false', {}, { needSendData: false }],
  ['the older needSendBigData as needSendData', { needSendBigData: true }, { needSendData: true }],
  ['startOptions', { startOptions: StartOptionParams.START_IN_BACKGROUND }, { startOptions: 1 }],
  ['the default of startOptions, the foreground', {}, { startOptions: 0 }],
  [
    'the older start option in options',
    { options: { [ConnectOptionParams.KEY_START_OPTION]: ConnectOptionParams.VALUE_START_OPTION_BACKGROUND } },
    { startOptions: 1 },
  ],
  ['parameters', { parameters: { newKey1: 'value1' } }, { parameters: { newKey1: 'value1' } }],
  ['needSendStream', { needSendStream: true }, { needSendStream: true }],
  ['needReceiveStream', { needReceiveStream: true }, { needReceiveStream: true }],
];

describe('connectOptions', () => {
  it.each(OPTIONS_ON_THE_WAY)('carry %s to the app on the far side', async (_, given, told) => {
    const { kitchen, phone } = await createStage();
    const asked = registerAskedApp(phone);
    const app = registerApp(kitchen);
    const sessionId = createSession(app, phone, { connectOptions: given });
    const connecting = app.abilityConnectionManager.connect(sessionId);
    const { parameters, token } = await asked.offers.next();
    expect(parameters.ConnectOptions).toMatchObject(told);
    asked.app.abilityConnectionManager.reject(token, 'seen enough');
    await connecting;
  });

  it('may be changed by the app on the far side and given to its own create, as the reference does', async () => {
    const { kitchen, phone, clock } = await createStage();
    const asked = registerAskedApp(phone);
    const app = registerApp(kitchen);
    const connecting = app.abilityConnectionManager.connect(createSession(app, phone, { connectOptions: {} }));
    const offer = await asked.offers.next();
    offer.parameters.ConnectOptions.needSendBigData = true;
    const { sessionId, accepted } = acceptOffer(asked, offer);
    await Promise.all([connecting, accepted]);
    const sending = asked.app.abilityConnectionManager.sendData(sessionId, new ArrayBuffer(8));
    await expect(advanceUntil(clock, sending)).resolves.toBeUndefined();
  });
});
