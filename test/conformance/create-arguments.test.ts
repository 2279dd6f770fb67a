import { describe, expect, it } from 'vitest';
import { APP, createSession, createStage, registerApp } from './fixture.js';
import { loose, outcomeOf } from './outcome.js';

const PARAMETER = 'throws 401 invalidParameter';
const peer = { deviceId: 'phone', ...APP };

/** An app that has created session 100. */
async function subject() {
  const { kitchen, phone } = await createStage();
  const app = registerApp(kitchen);
  createSession(app, phone);
  return { app, manager: loose(app.abilityConnectionManager) };
}

describe('createAbilityConnectionSession', () => {
  it.each([false, true])('throws 401 when streams are asked for both ways (system app: %s)', async (isSystemApp) => {
    const { kitchen, phone } = await createStage();
    const app = registerApp(kitchen, { isSystemApp });
    const connectOptions = { needSendStream: true, needReceiveStream: true };
    expect(await outcomeOf(() => createSession(app, phone, { connectOptions }))).toBe(PARAMETER);
  });

  it('takes connectOptions without anything in them', async () => {
    const { app, manager } = await subject();
    expect(await outcomeOf(() => manager['createAbilityConnectionSession']?.('s', app.context, peer, {}))).toBe(
      'returns 101',
    );
  });

  it('takes parameters of 4,096 bytes together, and throws 401 on more', async () => {
    const { app, manager } = await subject();
    const create = (text: string) =>
      outcomeOf(() =>
        manager['createAbilityConnectionSession']?.('s', app.context, peer, { parameters: { key: text, ä: '' } }),
      );
    expect([await create('x'.repeat(4_091)), await create('x'.repeat(4_092))]).toEqual(['returns 101', PARAMETER]);
  });

  it('takes names of 1,023 bytes, and throws 401 on more', async () => {
    const { app, manager } = await subject();
    for (const [at, field] of ['deviceId', 'bundleName', 'moduleName', 'abilityName'].entries()) {
      const create = (bytes: number) =>
        outcomeOf(() =>
          manager['createAbilityConnectionSession']?.('s', app.context, { ...peer, [field]: 'x'.repeat(bytes) }, {}),
        );
      expect([await create(1_023), await create(1_024)]).toEqual([`returns ${101 + at}`, PARAMETER]);
    }
    const accept = (bytes: number) => outcomeOf(() => manager['acceptConnect']?.(100, 'f'.repeat(bytes)));
    expect([await accept(1_023), await accept(1_024)]).toEqual(['rejects 401 tokenNotFound', PARAMETER]);
  });

  it('takes a missing or undefined needSendData as false', async () => {
    const { app, manager } = await subject();
    for (const [at, options] of [{}, { needSendData: undefined }].entries()) {
      const create = () => manager['createAbilityConnectionSession']?.('s', app.context, peer, options);
      expect(await outcomeOf(create)).toBe(`returns ${101 + at}`);
      expect(await outcomeOf(() => manager['sendData']?.(101 + at, new ArrayBuffer(1)))).toBe(
        'rejects 401 dataNotNegotiated',
      );
    }
  });

  it('takes the same service name in the argument and in peerInfo, and throws 401 where they differ', async () => {
    const { app, manager } = await subject();
    const create = (serviceName: string) =>
      outcomeOf(() => manager['createAbilityConnectionSession']?.('s', app.context, { ...peer, serviceName }, {}));
    expect([await create('s'), await create('other')]).toEqual(['returns 101', PARAMETER]);
  });

  it("throws 401 on another app's context", async () => {
    const { kitchen } = await createStage();
    const [one, other] = [registerApp(kitchen), registerApp(kitchen, { abilityName: 'OtherAbility' })];
    const create = () => one.abilityConnectionManager.createAbilityConnectionSession('s', other.context, peer, {});
    expect(await outcomeOf(create)).toBe(PARAMETER);
  });
});
