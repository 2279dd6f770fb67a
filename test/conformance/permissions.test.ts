import { describe, expect, it } from 'vitest';
import { REQUIRED_PERMISSIONS } from '../../src/protocol/codes.js';
import { createSession, createStage, registerApp } from './fixture.js';
import { loose, outcomeOf } from './outcome.js';

describe('the permissions', () => {
  it.each(REQUIRED_PERMISSIONS)('must include %s to create a session: else 201', async (missing) => {
    const { kitchen, phone } = await createStage();
    const permissions = REQUIRED_PERMISSIONS.filter((permission) => permission !== missing);
    const app = registerApp(kitchen, { permissions });
    expect(await outcomeOf(() => createSession(app, phone))).toBe('throws 201 permissionDenied');
  });

  it('are the four of the reference', () => {
    expect(REQUIRED_PERMISSIONS).toEqual([
      'ohos.permission.INTERNET',
      'ohos.permission.GET_NETWORK_INFO',
      'ohos.permission.SET_NETWORK_INFO',
      'ohos.permission.DISTRIBUTED_DATASYNC',
    ]);
  });

  it('are looked at after the arguments', async () => {
    const { kitchen, phone } = await createStage();
    const app = registerApp(kitchen, { permissions: [] });
    const create = () => createSession(app, phone, { peer: { deviceId: '' } });
    expect(await outcomeOf(create)).toBe('throws 401 invalidParameter');
  });

  it('may include others', async () => {
    const { kitchen, phone } = await createStage();
    const app = registerApp(kitchen, { permissions: [...REQUIRED_PERMISSIONS, 'ohos.permission.CAMERA'] });
    expect(createSession(app, phone)).toBe(100);
  });

  it('are not asked of a system app, as in the original', async () => {
    const { kitchen, phone } = await createStage();
    const app = registerApp(kitchen, { permissions: [], isSystemApp: true });
    expect(await outcomeOf(() => createSession(app, phone))).toBe('returns 100');
  });
});

describe('an app that is no system app', () => {
  it.each([
    ['start the peer in the background', { startOptions: 1 as const }],
    [
      'start the peer in the background by the older option',
      { options: { 'ohos.collabrate.key.start.option': 'ohos.collabrate.value.background' } },
    ],
    ['ask for a stream to send', { needSendStream: true }],
    ['ask for a stream to receive', { needReceiveStream: true }],
  ])('may %s, as a system app may', async (_, connectOptions) => {
    const { kitchen, phone } = await createStage();
    const outcomes: string[] = [];
    for (const isSystemApp of [false, true]) {
      const app = registerApp(kitchen, { isSystemApp, abilityName: `Ability ${isSystemApp}` });
      outcomes.push(await outcomeOf(() => createSession(app, phone, { connectOptions })));
    }
    expect(outcomes).toEqual(['returns 100', 'returns 101']);
  });
});

describe('collaboration that is switched off', () => {
  it('gives 801 to create', async () => {
    const { kitchen, phone } = await createStage({ isCollaborationEnabled: false });
    const app = registerApp(kitchen);
    expect(await outcomeOf(() => createSession(app, phone))).toBe('throws 801 capabilityNotSupported');
  });

  it('gives 801 before any argument is looked at', async () => {
    const { kitchen } = await createStage({ isCollaborationEnabled: false });
    const manager = loose(registerApp(kitchen).abilityConnectionManager);
    const outcome = await outcomeOf(() => manager['createAbilityConnectionSession']?.());
    expect(outcome).toBe('throws 801 capabilityNotSupported');
  });
});
