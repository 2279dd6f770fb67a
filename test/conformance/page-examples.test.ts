/** The reference's own examples, as they stand on its page, by apps that are no system apps. Only what they import is ours. */
import { readFileSync } from 'node:fs';
import { filter, firstValueFrom } from 'rxjs';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import type { App, AppRegistration, CollaborateParameters, Want } from '../../src/broker/interface.js';
import { WantKeys } from '../../src/protocol/codes.js';
import { createStage, registerApp, startDevice } from './fixture.js';
import { createMailbox, type Mailbox } from './mailbox.js';
import { turns } from './time.js';

/** The peer in the examples. */
const SINK = 'sinkDeviceId';
const page = readFileSync(new URL('page-examples.md', import.meta.url), 'utf8');
const examples = page
  .split('## abilityConnectionManager.')
  .slice(1)
  .flatMap((section) => {
    const title = section.slice(0, section.indexOf('\n'));
    const blocks = [...section.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = '']) => code);
    return blocks.map((code, at) => ({ name: at === 0 ? title : `${title}, device B`, code }));
  });

/** What a program runs in: its app, its `this`, and everything it logged. */
interface Program {
  readonly app: App;
  readonly page: { sessionId?: number };
  readonly lines: Mailbox<string>;
  readonly errors: readonly string[];
  readonly stored: ReadonlyMap<string, unknown>;
  /** Runs an example; gives what it exports. `names` are what it takes for granted. */
  run(name: string, names?: object): Exported;
}

interface Exported {
  readonly default?: new () => Ability;
}

interface Ability {
  onCollaborate(want: Want): 0 | 1;
}

const carriedOut = new Set<string>();

function createProgram(app: App): Program {
  const lines = createMailbox<string>();
  const errors: string[] = [];
  const stored = new Map<string, unknown>();
  const hilog = {
    info: (_domain: number, _tag: string, ...words: unknown[]) => lines.post(words.join(' ')),
    error: (...words: unknown[]) => errors.push(words.join(' ')),
  };
  const { abilityConnectionManager, distributedDeviceManager, context } = app;
  class UIAbility {
    readonly context = context;
  }
  const kits: Readonly<Record<string, object>> = {
    '@kit.DistributedServiceKit': { abilityConnectionManager, distributedDeviceManager },
    '@kit.AbilityKit': { UIAbility },
    '@kit.PerformanceAnalysisKit': { hilog },
  };
  const around = {
    require: (kit: string) => kits[kit],
    getContext: () => context,
    AppStorage: { setOrCreate: (key: string, value: unknown) => stored.set(key, value) },
    // ArkTS's own encoder, whose encodeInto(text) gives the bytes.
    util: { TextEncoder: { create: () => ({ encodeInto: (text: string) => new TextEncoder().encode(text) }) } },
  };
  const program: Program = {
    app,
    page: {},
    lines,
    errors,
    stored,
    run(name, names = {}) {
      carriedOut.add(name);
      const exported = {};
      const all = { ...around, ...names, exports: exported };
      // An example may return: on the page it stands in a method.
      new Function(...Object.keys(all), compile(name)).apply(program.page, Object.values(all));
      return exported;
    },
  };
  return program;
}

function compile(name: string): string {
  const { code } = examples.find((example) => example.name === name) ?? {};
  if (code === undefined) throw new Error(`there is no example ${name}`);
  const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };
  return ts.transpileModule(code, { compilerOptions }).outputText;
}

async function logged({ lines }: Program, words: string): Promise<void> {
  while (!(await lines.next()).startsWith(words));
}

/** Device A and device B, before anything has happened; B's ability is that of `example`. */
async function createDevices(example: string, more: (program: Program, want: Want) => void = () => {}) {
  const stage = await createStage();
  const sink = await startDevice(stage, SINK);
  const { devices$ } = stage.kitchen.broker;
  await firstValueFrom(devices$.pipe(filter((devices) => devices.some(({ deviceId }) => deviceId === SINK))));
  const wants = createMailbox<CollaborateParameters>();
  const onCollaborate: AppRegistration['onCollaborate'] = (want) => {
    wants.post(structuredClone(want[WantKeys.COLLABORATE_PARAMETERS]) as CollaborateParameters); // as the reference casts it
    const answer = new EntryAbility().onCollaborate(want);
    more(deviceB, want);
    return answer;
  };
  const deviceA = createProgram(registerApp(stage.kitchen));
  const deviceB = createProgram(registerApp(sink, { onCollaborate }));
  const EntryAbility = abilityOf(deviceB.run(example));
  return { deviceA, deviceB, wants };
}

function abilityOf({ default: ability }: Exported): new () => Ability {
  if (ability === undefined) throw new Error('the example has no ability');
  return ability;
}

describe('the examples of the reference, by apps that are no system apps', () => {
  it('hold a conversation from the first call to the last', async () => {
    const { deviceA, deviceB, wants } = await createDevices('acceptConnect');

    deviceA.run('createAbilityConnectionSession');
    expect(deviceA.page.sessionId).toBe(100);
    deviceA.run('getPeerInfoById');
    for (const event of ['connect', 'disconnect', 'receiveMessage', 'receiveData']) deviceA.run(`on('${event}')`);
    deviceA.run('connect');
    await logged(deviceB, 'acceptConnect success');
    expect((await wants.next()).ConnectOptions).toEqual({
      needSendData: true,
      needSendStream: false,
      needReceiveStream: true,
      startOptions: 0,
      parameters: { newKey1: 'value1' },
    });

    deviceB.page.sessionId = Number(deviceB.stored.get('sessionId'));
    for (const event of ['disconnect', 'receiveMessage', 'receiveData']) deviceB.run(`on('${event}')`);
    deviceA.run('sendMessage');
    await logged(deviceB, 'receiveMessage, sessionId is');
    deviceB.app.abilityConnectionManager.on('receiveData', deviceB.page.sessionId, ({ data }) =>
      deviceB.lines.post(new TextDecoder().decode(data)),
    );
    deviceA.run('sendData');
    await logged(deviceB, 'data send success');

    for (const event of ['connect', 'receiveMessage', 'receiveData']) deviceA.run(`off('${event}')`);
    deviceA.run('disconnect');
    await logged(deviceB, 'session disconnect, sessionId is 100');
    deviceB.run("off('disconnect')");
    deviceA.run('destroyAbilityConnectionSession');
    await turns();
    expect([deviceA.errors, deviceB.errors]).toEqual([[], []]);
  });

  it('create a session on device B alone, which then accepts', async () => {
    const { deviceA, deviceB, wants } = await createDevices('createAbilityConnectionSession, device B');
    deviceA.run('createAbilityConnectionSession');
    deviceA.run('connect');
    await logged(deviceB, 'createSession sessionId is100');
    const { [WantKeys.TOKEN]: token } = await wants.next();
    await deviceB.app.abilityConnectionManager.acceptConnect(100, token);
    expect([deviceA.errors, deviceB.errors]).toEqual([[], []]);
  });

  it('reject', async () => {
    const { deviceA, deviceB } = await createDevices('createAbilityConnectionSession, device B', (program, want) =>
      program.run('reject', { collabParam: want[WantKeys.COLLABORATE_PARAMETERS] }),
    );
    deviceA.run('createAbilityConnectionSession');
    deviceA.run('connect');
    await logged(deviceA, 'connect failed');
    expect(deviceA.app.abilityConnectionManager.getPeerInfoById(100)?.deviceId).toBe(SINK);
    expect([deviceA.errors, deviceB.errors]).toEqual([[], []]);
  });

  it('find the other device by the device manager that they create', async () => {
    const { deviceA } = await createDevices('acceptConnect');
    const found = deviceA.app.distributedDeviceManager.createDeviceManager('com.example.remotephotodemo');
    expect(found.getAvailableDeviceListSync().map(({ networkId }) => networkId)).toContain(SINK);
  });

  it('are all carried out', () => {
    expect(examples).toHaveLength(18);
    expect(examples.map(({ name }) => name).filter((name) => !carriedOut.has(name))).toEqual([]);
  });
});
