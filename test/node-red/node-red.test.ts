import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REQUIRED_PERMISSIONS } from '../../src/protocol/codes.js';
import { acceptingFlow, BYTES_IN_FUNCTIONS, bytesFlow, exampleFlow, GATEWAY, longFlow } from './flows.js';
import { type NodeRed, startNodeRed } from './node-red.js';
import { BUNDLE, createStage, type Stage } from './stage.js';

const MISSING = 'Node-RED is missing; install it with: npm ci --prefix test/node-red/runtime';
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
    await nodeRed.deploy(exampleFlow(stage));
    await nodeRed.whenStatus('tandem-echo-in', /^connected to Kitchen$/);
    await nodeRed.press('tandem-echo-hello');
    expect(await nodeRed.whenShown('tandem-echo-heard', /"topic":"receiveMessage"/)).toContain('"payload":"hello"');
    await nodeRed.whenStatus('tandem-echo-state', /^session \d+ connected$/);
    const sessionId = await nodeRed.whenShown('tandem-echo-sent', /^\d+$/);

    const before = nodeRed.shown.length;
    await nodeRed.deploy(exampleFlow(stage));
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
    await nodeRed.deploy(exampleFlow(stage));
    await nodeRed.whenStatus('tandem-echo-in', /^(gateway away: |connecting)/);
    await stage.comeBack();
    await nodeRed.whenShown('tandem-echo-is', /^destroyed$/, before);
    await nodeRed.whenStatus('tandem-echo-in', /^connected to Kitchen$/);
    await nodeRed.press('tandem-echo-hello');
    await nodeRed.whenStatus('tandem-echo-state', /^session \d+ connected$/);
  });

  it('a peer that asks is accepted, and what it says during a deploy arrives, once and in order', async () => {
    await nodeRed.deploy(acceptingFlow(stage));
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
    await nodeRed.deploy(acceptingFlow(stage));
    await nodeRed.deploy(acceptingFlow(stage));
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
    await nodeRed.deploy(bytesFlow(stage));
    await nodeRed.whenStatus('bytes-out', /^connected/);
    for (const [at, id] of BYTES_IN_FUNCTIONS.entries()) {
      const before = nodeRed.shown.length;
      await nodeRed.press(`press-${at}`);
      expect([id, await nodeRed.whenShown('bytes-heard', /./, before)]).toEqual([id, '1,2,250']);
    }
  });

  it('a message that is too long fails, and nothing else', async () => {
    const since = nodeRed.shown.length;
    await nodeRed.deploy(longFlow(stage));
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
    await nodeRed.deploy(exampleFlow(stage, { credentials: { token: 'wrong' } }));
    await nodeRed.whenStatus('tandem-echo-in', /^The token is not valid\.$/);
    await nodeRed.deploy(exampleFlow(stage, { url: 'nowhere' }));
    await nodeRed.whenStatus('tandem-echo-in', /url must begin with ws/);
    await nodeRed.deploy(exampleFlow(stage).filter(({ id }) => id !== GATEWAY));
    await nodeRed.whenStatus('tandem-echo-in', /^choose a gateway$/);
  });
});
