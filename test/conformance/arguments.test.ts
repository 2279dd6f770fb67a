import { describe, expect, it } from 'vitest';
import { ConnectOptionParams } from '../../src/protocol/codes.js';
import { MAX_NAME_BYTES, MAX_PARAMETERS_BYTES, MAX_REASON_BYTES } from '../../src/protocol/limits.js';
import { APP, createSession, createStage, registerApp } from './fixture.js';
import { loose, outcomeOf } from './outcome.js';

type Values = readonly unknown[];

const PARAMETER = 'throws 401 invalidParameter';
const nothing = (): void => {};
const peer = { deviceId: 'phone', ...APP };
const TOO_LONG = 'x'.repeat(MAX_NAME_BYTES);
const { KEY_START_OPTION: START, VALUE_START_OPTION_FOREGROUND: FOREGROUND } = ConnectOptionParams;

/** A right call of each function on session 100, which is there. */
const RIGHT: Readonly<Record<string, Values>> = {
  destroyAbilityConnectionSession: [100],
  getPeerInfoById: [100],
  connect: [100],
  disconnect: [100],
  acceptConnect: [100, 'f'.repeat(32)],
  reject: ['f'.repeat(32), 'reason'],
  sendMessage: [100, 'text'],
  sendData: [100, new ArrayBuffer(1)],
  on: ['connect', 100, nothing],
  off: ['connect', 100],
  onConnect: [100, nothing],
  offConnect: [100],
  onDisconnect: [100, nothing],
  offDisconnect: [100],
  onReceiveMessage: [100, nothing],
  offReceiveMessage: [100],
  onReceiveData: [100, nothing],
  offReceiveData: [100],
};

const NO_NUMBERS: Values = [undefined, null, '100', true, {}, [100], 100n, nothing];
const NO_STRINGS: Values = [undefined, null, 7, true, {}, ['x'], nothing];
const NO_FUNCTIONS: Values = [undefined, null, 7, 'callback', {}];
const NO_BUFFERS: Values = [
  undefined,
  null,
  7,
  'bytes',
  {},
  [1],
  new SharedArrayBuffer(1),
  new Uint8Array(new SharedArrayBuffer(1)),
  new Blob(['x']),
];
const NO_EVENTS: Values = [undefined, null, 7, {}, '', 'Connect', 'toString', 'receiveFile'];

/** Wrong values by position: `at` of the right call is replaced. */
const WRONG: readonly (readonly [name: string, at: number, values: Values])[] = [
  ...[
    'destroyAbilityConnectionSession',
    'getPeerInfoById',
    'connect',
    'disconnect',
    'acceptConnect',
    'sendMessage',
    'sendData',
  ].map((name) => [name, 0, NO_NUMBERS] as const),
  ['acceptConnect', 1, [...NO_STRINGS, TOO_LONG]],
  ['reject', 0, [...NO_STRINGS, TOO_LONG]],
  ['reject', 1, [...NO_STRINGS, 'x'.repeat(MAX_REASON_BYTES + 1)]],
  ['sendMessage', 1, [...NO_STRINGS, 'x'.repeat(1_025)]],
  ['sendData', 1, [...NO_BUFFERS, new ArrayBuffer(0)]],
  ['on', 0, NO_EVENTS],
  ['off', 0, NO_EVENTS],
  ['on', 1, NO_NUMBERS],
  ['off', 1, NO_NUMBERS],
  ['on', 2, NO_FUNCTIONS],
  ['off', 2, NO_FUNCTIONS.filter((value) => value !== undefined)],
  ...['Connect', 'Disconnect', 'ReceiveMessage', 'ReceiveData'].flatMap(
    (event) =>
      [
        [`on${event}`, 0, NO_NUMBERS],
        [`off${event}`, 0, NO_NUMBERS],
        [`on${event}`, 1, NO_FUNCTIONS],
        [`off${event}`, 1, NO_FUNCTIONS.filter((value) => value !== undefined)],
      ] as const,
  ),
];

/** What a number that names no session comes to; with a right session the same call works. */
const UNKNOWN_SESSION: Readonly<Record<string, string>> = {
  destroyAbilityConnectionSession: 'throws 401 sessionNotFound',
  disconnect: 'throws 401 sessionNotFound',
  getPeerInfoById: 'returns undefined',
  connect: 'rejects 401 sessionNotFound',
  acceptConnect: 'rejects 401 sessionNotFound',
  sendMessage: 'rejects 401 sessionNotFound',
  sendData: 'rejects 401 sessionNotFound',
  onConnect: 'throws 401 sessionNotFound',
  offConnect: 'throws 401 sessionNotFound',
};

async function subject() {
  const { kitchen, phone } = await createStage();
  const app = registerApp(kitchen);
  createSession(app, phone);
  return { app, manager: loose(app.abilityConnectionManager) };
}

describe.each(Object.entries(RIGHT))('%s', (name, right) => {
  it('throws 401 with an argument missing', async () => {
    const { manager } = await subject();
    expect(await outcomeOf(() => manager[name]?.(...right.slice(0, -1)))).toBe(PARAMETER);
    expect(await outcomeOf(() => manager[name]?.())).toBe(PARAMETER);
  });

  it('throws 401 with an argument too many', async () => {
    const { manager } = await subject();
    const most = name.startsWith('off') ? [...right, nothing] : right;
    expect(await outcomeOf(() => manager[name]?.(...most, undefined))).toBe(PARAMETER);
  });
});

describe.each(WRONG)('%s, argument %i', (name, at, values) => {
  it.each(values.map((value) => [label(value), value]))('throws 401 on %s', async (_, value) => {
    const { manager } = await subject();
    const wrong = [...(RIGHT[name] ?? [])];
    wrong[at] = value; // which may be one that can be left out
    expect(await outcomeOf(() => manager[name]?.(...wrong))).toBe(PARAMETER);
  });
});

describe.each(Object.entries(UNKNOWN_SESSION))('%s', (name, expected) => {
  it.each([0, -1, 99, 101, 1e12, Number.NaN, Number.POSITIVE_INFINITY])(
    `on session %d, which is not there: ${expected}`,
    async (id) => {
      const { manager } = await subject();
      expect(await outcomeOf(() => manager[name]?.(...(RIGHT[name] ?? []).with(0, id)))).toBe(expected);
    },
  );

  it('checks the types before it looks for the session', async () => {
    const { manager } = await subject();
    const [, second] = RIGHT[name] ?? [];
    if (second === undefined) return;
    expect(await outcomeOf(() => manager[name]?.(101, null))).toBe(PARAMETER);
  });
});

/** Each step of the order in which create checks, wrong together with everything that is checked later. */
const CREATE_ORDER: readonly (readonly [what: string, values: Values, expected: string])[] = [
  ['the number of arguments', [7, null, null], PARAMETER],
  ['serviceName before context', [7, null, null, null], PARAMETER],
  ['empty fields', ['s', 'context', { ...peer, deviceId: '' }, { needSendStream: true }], PARAMETER],
];

describe('createAbilityConnectionSession', () => {
  it.each(CREATE_ORDER)('checks %s', async (_, values, expected) => {
    const { app, manager } = await subject();
    const actual = values.map((value) => (value === 'context' ? app.context : value));
    expect(await outcomeOf(() => manager['createAbilityConnectionSession']?.(...actual))).toBe(expected);
  });
});

/** One thing wrong in an otherwise right create. */
const WRONG_CREATE: readonly (readonly [what: string, at: 0 | 1 | 2 | 3, values: Values])[] = [
  ['serviceName', 0, [...NO_STRINGS, 'x'.repeat(257), '']],
  ['context', 1, [undefined, null, 7, 'context', {}, { app: APP }]],
  ['peerInfo', 2, [undefined, null, 7, 'peer', []]],
  ...(['deviceId', 'bundleName', 'moduleName', 'abilityName'] as const).map(
    (field) =>
      [`peerInfo.${field}`, 2, [...NO_STRINGS, '', TOO_LONG].map((value) => ({ ...peer, [field]: value }))] as const,
  ),
  [
    'peerInfo without a field',
    2,
    Object.keys(peer).map((field) => Object.fromEntries(Object.entries(peer).filter(([name]) => name !== field))),
  ],
  ['peerInfo.serviceName', 2, [...NO_STRINGS, TOO_LONG].map((serviceName) => ({ ...peer, serviceName }))],
  ['connectOptions', 3, [undefined, null, 7, 'options', true, [], new Map(), new Date(), Promise.resolve({})]],
  ...['needSendData', 'needSendBigData', 'needSendStream', 'needReceiveStream'].map(
    (flag) => [`connectOptions.${flag}`, 3, ['yes', 1, 0, null, {}, []].map((value) => ({ [flag]: value }))] as const,
  ),
  [
    'connectOptions.options',
    3,
    [null, 7, 'x', [], { [START]: 7 }, { [START]: 'elsewhere' }, new Map()].map((options) => ({ options })),
  ],
  ['both ways to say how the peer starts', 3, [{ startOptions: 1, options: { [START]: FOREGROUND } }]],
  ['connectOptions.startOptions', 3, [null, -1, 2, 0.5, '0', true, {}].map((startOptions) => ({ startOptions }))],
  [
    'connectOptions.parameters',
    3,
    [
      null,
      7,
      'x',
      ['x'],
      new Map([['key', 'x']]),
      { key: 7 },
      { key: null },
      { key: 'x'.repeat(MAX_PARAMETERS_BYTES) },
    ].map((parameters) => ({ parameters })),
  ],
];

describe.each(WRONG_CREATE)('createAbilityConnectionSession, %s', (_, at, values) => {
  it.each(values.map((value) => [label(value), value]))('throws 401 on %s', async (_, value) => {
    const { app, manager } = await subject();
    const wrong = ['s', app.context, peer, {}].with(at, value as object); // a wrong value, whatever its type
    expect(await outcomeOf(() => manager['createAbilityConnectionSession']?.(...wrong))).toBe(PARAMETER);
  });
});

describe('createAbilityConnectionSession, other cases', () => {
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

/** Short enough for a test's name. */
function label(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'bigint') return `${value}n`;
  if (value instanceof Object && value.constructor !== Object && !Array.isArray(value)) return value.constructor.name;
  const text = value === undefined ? 'undefined' : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
