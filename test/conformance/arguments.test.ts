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

/** Short enough for a test's name. */
function label(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'bigint') return `${value}n`;
  if (value instanceof Object && value.constructor !== Object && !Array.isArray(value)) return value.constructor.name;
  const text = value === undefined ? 'undefined' : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
