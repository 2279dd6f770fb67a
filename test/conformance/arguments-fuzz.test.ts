import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { connectedPair, createStage, type Pair } from './fixture.js';
import { type LooseManager, loose, outcomeOf } from './outcome.js';

/** What any call may come to: success, an open promise, or BrokerError with a code of the reference. */
const PROPER = /^(returns|resolves|stays open|(throws|rejects) (201|202|401|801) [a-z]+)/i;
/** Calls that end a conversation on purpose must not be made on the one that is watched. */
const SPARED = 100;

const CALLS = [
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
] as const;

/** Values that nearly fit, so that the calls get past their first check now and then, and values that do not fit at all. */
const nearly = fc.oneof(
  fc.integer({ min: SPARED + 1, max: SPARED + 5 }),
  fc.double({ min: SPARED + 1 }),
  fc.constantFrom('connect', 'disconnect', 'receiveMessage', 'receiveData', 'collaborateEvent', 'receiveImage'),
  fc.string({ maxLength: 1_200 }),
  fc.constant(() => {}),
  fc.uint8Array({ maxLength: 20 }).map((bytes) => bytes.buffer),
  fc.record(
    {
      deviceId: fc.oneof(fc.constant('phone'), fc.string()),
      bundleName: fc.string(),
      moduleName: fc.string(),
      abilityName: fc.string(),
      serviceName: fc.oneof(fc.string(), fc.anything()),
      needSendData: fc.anything(),
      startOptions: fc.oneof(fc.constantFrom(0, 1), fc.anything()),
      options: fc.anything(),
      parameters: fc.oneof(fc.dictionary(fc.string(), fc.string()), fc.anything()),
    },
    { requiredKeys: [] },
  ),
);
const anyValue = fc.oneof(
  { weight: 3, arbitrary: nearly },
  fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withObjectString: true,
    withTypedArray: true,
  }),
);

async function expectUndisturbed({ kitchen, phone }: Pair): Promise<void> {
  const before = phone.heard.receiveMessage.all.length;
  await kitchen.manager.sendMessage(kitchen.sessionId, 'undisturbed');
  expect(phone.heard.receiveMessage.all.slice(before)).toMatchObject([{ msg: 'undisturbed' }]);
}

describe.each([true, false])('any call with any arguments (system app: %s)', (isSystemApp) => {
  it.each(CALLS)('%s succeeds or fails with a code of the reference, and disturbs nobody', async (name) => {
    const pair = await connectedPair(await createStage(), { registration: { isSystemApp } });
    const manager: LooseManager = loose(pair.kitchen.manager);
    const context = pair.kitchen.app.context;
    const values = fc.array(fc.oneof({ weight: 4, arbitrary: anyValue }, fc.constant(context)), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(values, async (given) => {
        fc.pre(given[0] !== SPARED && !(typeof given[0] === 'number' && Math.trunc(given[0]) === SPARED));
        expect(await outcomeOf(() => manager[name]?.(...given))).toMatch(PROPER);
      }),
      { numRuns: 60 },
    );
    await expectUndisturbed(pair);
  });
});

/** Objects whose very reading fails. */
const HOSTILE: readonly (readonly [what: string, make: () => unknown])[] = [
  [
    'a getter that throws',
    () => ({
      get deviceId() {
        throw new TypeError('mine');
      },
    }),
  ],
  [
    'a proxy that throws',
    () =>
      new Proxy(
        {},
        {
          get: () => {
            throw new TypeError('mine');
          },
          has: () => {
            throw new TypeError('mine');
          },
        },
      ),
  ],
  [
    'a revoked proxy',
    () => {
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      return proxy;
    },
  ],
];

describe('createAbilityConnectionSession', () => {
  it.each(HOSTILE)('throws 401 on %s for peerInfo', async (_, make) => {
    const { kitchen } = await connectedPair(await createStage());
    const create = () =>
      loose(kitchen.manager)['createAbilityConnectionSession']?.('s', kitchen.app.context, make(), {});
    expect(await outcomeOf(create)).toBe('throws 401 invalidParameter');
  });
});
