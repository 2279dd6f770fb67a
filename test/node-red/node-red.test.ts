import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REQUIRED_PERMISSIONS } from '../../src/protocol/codes.js';
import { type FlowNode, type NodeRed, startNodeRed } from './node-red.js';
import { BUNDLE, createStage, type Stage } from './stage.js';

const MISSING = 'Node-RED is missing; install it with: npm ci --prefix test/node-red/runtime';
const EXAMPLE = 'packages/node-red-contrib-tandem/examples/talk-to-the-echo.json';
const GATEWAY = 'tandem-echo-gateway';
const BYTES_IN_FUNCTIONS = [
  'Buffer.from([1, 2, 250])',
  'new Uint8Array([9, 1, 2, 250, 9]).subarray(1, 4)',
  'new Uint8Array([1, 2, 250]).buffer',
  'new DataView(new Uint8Array([9, 1, 2, 250]).buffer, 1)',
];
/** The echo app, as the node has it. */
const PEER = {
  service: 'late',
  device: 'phone',
  bundleName: 'tandem.echo',
  moduleName: 'entry',
  abilityName: 'EchoAbility',
};
const GROW = 'msg.payload = Buffer.alloc(84000000); return msg;';

const isThere = existsSync('test/node-red/runtime/node_modules/node-red');
if (!isThere) process.stderr.write(`${MISSING}\n`);

it.runIf(process.env['CI'] === 'true')('Node-RED is there for the tests', () => expect(isThere, MISSING).toBe(true));

describe.runIf(isThere)('in Node-RED', () => {
  let stage: Stage;
  let nodeRed: NodeRed;

  beforeAll(async () => {
    stage = await createStage();
    nodeRed = await startNodeRed();
  }, 180_000);

  afterAll(async () => {
    await nodeRed?.stop();
    await stage?.close();
  });

  /** The example as people import it, with the gateway of this test. */
  function exampleFlow(changes: object = {}): FlowNode[] {
    const flow: FlowNode[] = JSON.parse(readFileSync(EXAMPLE, 'utf8'));
    const gateway = { url: stage.url, credentials: { token: `${stage.token}\n` }, ...changes };
    return flow.map((node) => (node.id === GATEWAY ? { ...node, ...gateway } : node));
  }

  /** A flow that accepts every request, and shows what peers say and what goes wrong. */
  function acceptingFlow(): FlowNode[] {
    const [tab, gateway] = exampleFlow();
    // Without coordinates Node-RED takes a node for a configuration.
    const place = { z: 'tandem-echo-tab', x: 100, y: 100, gateway: GATEWAY };
    const debug = { type: 'debug', ...place, wires: [], active: true, tosidebar: true };
    const none = { receiveMessage: false, receiveData: false, connect: false, disconnect: false, collaborate: false };
    return [
      ...[tab, gateway].filter((node) => node !== undefined),
      { ...none, id: 'asked', type: 'tandem-session-in', ...place, collaborate: true, wires: [['accept']] },
      { id: 'accept', type: 'tandem-session-out', ...place, command: 'accept', wires: [[]] },
      { ...none, id: 'said', type: 'tandem-session-in', ...place, receiveMessage: true, wires: [['say']] },
      { ...debug, id: 'say', complete: 'payload', targetType: 'msg' },
      { id: 'ask', type: 'inject', ...place, props: [], wires: [['list']] },
      { id: 'list', type: 'tandem-session-out', ...place, command: 'devices', wires: [['listed']] },
      { ...debug, id: 'listed', complete: 'payload[0].deviceName', targetType: 'msg' },
      { id: 'ask-nothing', type: 'inject', ...place, props: [], wires: [['send']] },
      { id: 'send', type: 'tandem-session-out', ...place, command: 'send', service: 'nobody', wires: [[]] },
      { id: 'catch', type: 'catch', ...place, scope: ['send'], wires: [['caught']] },
      { ...debug, id: 'caught', complete: 'error.message', targetType: 'msg' },
      { id: 'complete', type: 'complete', ...place, scope: ['list'], wires: [['completed']] },
      { ...debug, id: 'completed', complete: 'payload', targetType: 'msg' },
    ];
  }

  /** One button for each way in which a function node can hold bytes; what the echo sends back is shown as numbers. */
  function bytesFlow(): FlowNode[] {
    const [tab, gateway] = exampleFlow();
    const place = { z: 'tandem-echo-tab', x: 100, y: 100, gateway: GATEWAY };
    const echo = { service: 'bytes', device: 'phone', bundleName: 'tandem.echo', moduleName: 'entry' };
    const none = { receiveMessage: false, connect: false, disconnect: false, collaborate: false };
    const buttons = BYTES_IN_FUNCTIONS.flatMap((code, at) => [
      { id: `press-${at}`, type: 'inject', ...place, props: [], wires: [[`open-${at}`]] },
      {
        id: `open-${at}`,
        type: 'tandem-session-out',
        ...place,
        ...echo,
        abilityName: 'EchoAbility',
        command: 'connect',
        wires: [[`make-${at}`]],
      },
      {
        id: `make-${at}`,
        type: 'function',
        ...place,
        outputs: 1,
        func: `msg.payload = ${code}; return msg;`,
        wires: [['bytes-out']],
      },
    ]);
    return [
      ...[tab, gateway].filter((node) => node !== undefined),
      ...buttons,
      { id: 'bytes-out', type: 'tandem-session-out', ...place, command: 'send', wires: [[]] },
      { ...none, id: 'bytes-in', type: 'tandem-session-in', ...place, service: 'bytes', wires: [['bytes-text']] },
      {
        id: 'bytes-text',
        type: 'function',
        ...place,
        outputs: 1,
        // The session ends here, so that the next button can open its own.
        func: 'return [[{ payload: [...msg.payload].join(), sessionId: msg.sessionId }]];',
        wires: [['bytes-end']],
      },
      { id: 'bytes-end', type: 'tandem-session-out', ...place, command: 'destroy', wires: [['bytes-heard']] },
      {
        id: 'bytes-heard',
        type: 'debug',
        ...place,
        wires: [],
        active: true,
        tosidebar: true,
        complete: 'payload',
        targetType: 'msg',
      },
    ];
  }

  /** Messages that cannot be sent, a session that may be made, and how many there are. */
  function longFlow(): FlowNode[] {
    const place = { z: 'tandem-echo-tab', x: 100, y: 100, gateway: GATEWAY };
    const debug = { type: 'debug', ...place, wires: [], active: true, tosidebar: true };
    const session = { p: 'sessionId', v: '100', vt: 'num' };
    const inject = (id: string, props: readonly object[], to: string): FlowNode => {
      return { id, type: 'inject', ...place, props, wires: [[to]] };
    };
    const kept = acceptingFlow().filter(({ id }) => !['catch', 'caught'].includes(id));
    const code = 'msg.payload = {}; msg.payload.itself = msg.payload; return msg;';
    return [
      ...kept,
      inject('long-text', [session, { p: 'payload', v: 'x'.repeat(70_000), vt: 'str' }], 'too-long'),
      inject('long-data', [session], 'grow'),
      { id: 'grow', type: 'function', ...place, func: GROW, outputs: 1, wires: [['too-long']] },
      inject('circle', [session], 'turn'),
      { id: 'turn', type: 'function', ...place, func: code, outputs: 1, wires: [['too-long']] },
      { id: 'too-long', type: 'tandem-session-out', ...place, command: 'send', wires: [[]] },
      inject('press-late', [], 'ask-late'),
      { id: 'ask-late', type: 'tandem-session-out', ...place, command: 'create', ...PEER, wires: [[]] },
      inject('count', [], 'counting'),
      { id: 'counting', type: 'tandem-session-out', ...place, command: 'sessions', wires: [['counted']] },
      { ...debug, id: 'counted', complete: 'payload.length', targetType: 'msg' },
      { id: 'catch', type: 'catch', ...place, scope: ['too-long', 'ask-late'], wires: [['caught']] },
      { ...debug, id: 'caught', complete: 'error.message', targetType: 'msg' },
    ];
  }

  it('the palette has the nodes', async () => {
    const sets = (await nodeRed.get('/nodes')) as { module: string; types: string[]; err?: string }[]; // Node-RED's admin API
    const own = sets.filter(({ module }) => module === 'node-red-contrib-tandem');
    expect(own.filter(({ err }) => err !== undefined)).toEqual([]);
    expect(own.flatMap(({ types }) => types).sort()).toEqual([
      'tandem-gateway',
      'tandem-session-in',
      'tandem-session-out',
      'tandem-session-state',
    ]);
  });

  it('the example talks to the echo, through a deploy in the middle', async () => {
    await nodeRed.deploy(exampleFlow());
    await nodeRed.whenStatus('tandem-echo-in', /^connected to Kitchen$/);
    await nodeRed.press('tandem-echo-hello');
    expect(await nodeRed.whenShown('tandem-echo-heard', /"topic":"receiveMessage"/)).toContain('"payload":"hello"');
    await nodeRed.whenStatus('tandem-echo-state', /^session \d+ connected$/);
    const sessionId = await nodeRed.whenShown('tandem-echo-sent', /^\d+$/);

    const before = nodeRed.shown.length;
    await nodeRed.deploy(exampleFlow());
    expect(await nodeRed.whenShown('tandem-echo-is', /^connected$/, before)).toBe('connected');
    await nodeRed.whenStatus('tandem-echo-state', new RegExp(`^session ${sessionId} connected$`));
    await nodeRed.whenStatus('tandem-echo-in', /^connected to Kitchen$/);
    await nodeRed.press('tandem-echo-again');
    await nodeRed.whenShown('tandem-echo-heard', /"payload":"hello again"/, before);
    expect(await nodeRed.whenShown('tandem-echo-sent', /./, before)).toBe(sessionId);
  });

  it('everything shows that the gateway is away, and that it is back without the session', async () => {
    const before = nodeRed.shown.length;
    await stage.leave();
    await nodeRed.whenStatus('tandem-echo-in', /^gateway away: /);
    await nodeRed.whenStatus('tandem-echo-state', /^gateway away: /);
    await nodeRed.whenShown('tandem-echo-is', /^waiting$/, before);
    await nodeRed.deploy(exampleFlow());
    await nodeRed.whenStatus('tandem-echo-in', /^(gateway away: |connecting)/);
    await stage.comeBack();
    await nodeRed.whenShown('tandem-echo-is', /^destroyed$/, before);
    await nodeRed.whenStatus('tandem-echo-in', /^connected to Kitchen$/);
    await nodeRed.press('tandem-echo-hello');
    await nodeRed.whenStatus('tandem-echo-state', /^session \d+ connected$/);
  });

  it('a peer that asks is accepted, and what it says during a deploy arrives, once and in order', async () => {
    await nodeRed.deploy(acceptingFlow());
    await nodeRed.whenStatus('asked', /^connected/);
    const app = stage.phone.registerApp({
      bundleName: 'org.example.phone',
      moduleName: 'entry',
      abilityName: 'Phone',
      permissions: REQUIRED_PERMISSIONS,
    });
    const manager = app.abilityConnectionManager;
    const peer = { deviceId: 'kitchen', bundleName: BUNDLE, moduleName: 'entry', abilityName: 'NodeRed' };
    const sessionId = manager.createAbilityConnectionSession('bell', app.context, peer, {});
    expect(await manager.connect(sessionId)).toMatchObject({ isConnected: true });

    const texts = Array.from({ length: 600 }, (_, index) => `ding ${index}`);
    const sent = Promise.all(texts.map((text) => manager.sendMessage(sessionId, text)));
    await nodeRed.deploy(acceptingFlow());
    await nodeRed.deploy(acceptingFlow());
    await sent;
    await nodeRed.whenShown('say', /^ding 599$/);
    expect(nodeRed.shown.filter(({ id }) => id === 'say').map(({ msg }) => msg)).toEqual(texts);

    // It does not know what it was told of these before it ended, and so may tell some of them again.
    nodeRed = await nodeRed.restart();
    await manager.sendMessage(sessionId, 'dong');
    await nodeRed.whenShown('say', /^dong$/);
    manager.destroyAbilityConnectionSession(sessionId);
  });

  it('what is done reaches complete nodes, and what fails reaches catch nodes', async () => {
    await nodeRed.press('ask');
    expect(await nodeRed.whenShown('listed', /./)).toBe('phone');
    await nodeRed.whenShown('completed', /./);
    await nodeRed.press('ask-nothing');
    expect(await nodeRed.whenShown('caught', /./)).toBe('No session is connected for "nobody".');
  });

  it('bytes go as they are: a Buffer, and what function nodes make, whose ArrayBuffer is another one', async () => {
    await nodeRed.deploy(bytesFlow());
    await nodeRed.whenStatus('bytes-out', /^connected/);
    for (const [at, id] of BYTES_IN_FUNCTIONS.entries()) {
      const before = nodeRed.shown.length;
      await nodeRed.press(`press-${at}`);
      expect([id, await nodeRed.whenShown('bytes-heard', /./, before)]).toEqual([id, '1,2,250']);
    }
  });

  it('a message that is too long fails, and nothing else', async () => {
    const since = nodeRed.shown.length;
    await nodeRed.deploy(longFlow());
    await nodeRed.whenStatus('too-long', /^connected/);
    for (const button of ['long-text', 'long-data', 'circle']) {
      const before = nodeRed.shown.length;
      await nodeRed.press(button);
      expect(await nodeRed.whenShown('caught', /./, before)).toMatch(/bytes|circular/);
    }
    await nodeRed.press('ask');
    await nodeRed.whenShown('listed', /^phone$/, since);
    expect(nodeRed.status('too-long')).toMatch(/^connected/);
  });

  it('a button that is pressed while the gateway is away does nothing when it is back', async () => {
    await stage.leave();
    await nodeRed.whenStatus('ask-late', /^gateway away: /);
    const before = nodeRed.shown.length;
    await nodeRed.press('press-late');
    expect(await nodeRed.whenShown('caught', /./, before)).toMatch(
      /^Nothing was done: (gateway away: The gateway cannot be reached\.|connecting to the gateway)/,
    );
    await stage.comeBack();
    await nodeRed.whenStatus('ask-late', /^connected/);
    await nodeRed.press('count');
    expect(await nodeRed.whenShown('counted', /./, before)).toBe('0');
  });

  it('a token that is refused, and a gateway that is none, are told by the status', async () => {
    await nodeRed.deploy(exampleFlow({ credentials: { token: 'wrong' } }));
    await nodeRed.whenStatus('tandem-echo-in', /^The token is not valid\.$/);
    await nodeRed.deploy(exampleFlow({ url: 'nowhere' }));
    await nodeRed.whenStatus('tandem-echo-in', /url must begin with ws/);
    await nodeRed.deploy(exampleFlow().filter(({ id }) => id !== GATEWAY));
    await nodeRed.whenStatus('tandem-echo-in', /^choose a gateway$/);
  });
});
