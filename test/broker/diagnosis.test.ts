import { describe, expect, it } from 'vitest';
import { OnCollaborateResult } from '../../src/protocol/codes.js';
import { CONNECT_TIMEOUT_MS, MAX_PENDING_OFFERS, RESUME_WINDOW_MS } from '../../src/protocol/limits.js';
import { createAccount } from '../../src/transport/account.js';
import {
  connectedPair,
  createOffer,
  createSession,
  createStage,
  registerApp,
  registerAskedApp,
  type SessionOptions,
  type Stage,
  startDevice,
} from '../conformance/fixture.js';
import { advance, advanceUntil, turns } from '../conformance/time.js';

/** What the kitchen says after its app could not connect to the phone; the same in the summary and in the trace. */
async function diagnosisOf({ kitchen, phone, clock }: Stage, options: SessionOptions = {}, app = registerApp(kitchen)) {
  const sessionId = createSession(app, phone, options);
  await advanceUntil(clock, app.abilityConnectionManager.connect(sessionId));
  return readDiagnosis({ kitchen }, sessionId);
}

function readDiagnosis({ kitchen: { broker } }: Pick<Stage, 'kitchen'>, sessionId: number) {
  const summary = broker.listSessions().find((session) => session.sessionId === sessionId);
  const { diagnosis } = broker.traceSession(sessionId) ?? {};
  if (summary !== undefined) expect(summary.diagnosis).toBe(diagnosis);
  return diagnosis;
}

describe('the diagnosis of a failed connect', () => {
  it('tells that the radio here is off, or cannot be used', async () => {
    const stage = await createStage();
    stage.air.setRadio('kitchen', 'poweredOff');
    expect(await diagnosisOf(stage)).toBe('The radio here is off. Switch it on.');
    stage.air.setRadio('kitchen', 'unauthorized');
    expect(await diagnosisOf(stage, {}, registerApp(stage.kitchen, { abilityName: 'Other' }))).toBe(
      'The radio here cannot be used: the radio here is unauthorized. Ask `tandem doctor`.',
    );
  });

  it('tells that the radio over there is off', async () => {
    const stage = await createStage();
    stage.air.setRadio('phone', 'poweredOff');
    expect(await diagnosisOf(stage)).toBe('The radio of phone is off. Switch it on there.');
  });

  it('tells that the device is not in range, and when it was last heard', async () => {
    const stage = await createStage();
    stage.air.partition('kitchen', 'phone');
    await advance(stage.clock, 30_000);
    expect(await diagnosisOf(stage)).toMatch(/^phone is not in range: it was last heard 4\d s ago\. Bring it nearer/);
    expect(
      await diagnosisOf(stage, { peer: { deviceId: 'nobody' } }, registerApp(stage.kitchen, { abilityName: 'B' })),
    ).toMatch(/^nobody is not in range: it was never heard\./);
  });

  it('tells that the device fell silent just now, as one does that serves another device', async () => {
    const stage = await createStage();
    stage.air.partition('kitchen', 'phone');
    expect(await diagnosisOf(stage)).toMatch(
      /^phone fell silent, it was last heard 1\d s ago\. It went out of range, or serves/,
    );
  });

  it('tells that no account is shared', async () => {
    const stage = await createStage();
    await createForeign(stage);
    const stranger = { ...stage, phone: { ...stage.phone, name: 'stranger' } };
    expect(await diagnosisOf(stranger, {}, registerApp(stage.kitchen, { abilityName: 'C' }))).toBe(
      'stranger does not share the account. Give both devices the same one: `tandem account`.',
    );
  });

  it('tells that the device has another key than before', async () => {
    const stage = await createStage();
    await connectedPair(stage);
    await stage.phone.broker.close();
    await advance(stage.clock, RESUME_WINDOW_MS + 1_000);
    await startDevice(stage, 'phone');
    await turns();
    expect(await diagnosisOf(stage, {}, registerApp(stage.kitchen, { abilityName: 'D' }))).toMatch(
      /^phone has another key than before\. If it was set up anew, remove it from pinned-keys\.json here/,
    );
  });

  it('tells that the app is not registered there', async () => {
    expect(await diagnosisOf(await createStage())).toBe(
      'com.example.remotephotodemo/entry/EntryAbility is not registered with onCollaborate on phone. Start it there.',
    );
  });

  it.each([
    ['not during dinner', 'The app on phone said no: not during dinner.'],
    ['Not now.', 'The app on phone said no: Not now.'],
    ['Really?', 'The app on phone said no: Really?'],
  ])("tells the app's own words: %s", async (reason, words) => {
    const { stage, asked, calling, connecting, offer } = await createOffer();
    asked.app.abilityConnectionManager.reject(offer.token, reason);
    await connecting;
    expect(readDiagnosis(stage, calling.sessionId)).toBe(words);
  });

  it('tells that the app had no words', async () => {
    const silent = await createStage();
    registerAskedApp(silent.phone, {}, () => OnCollaborateResult.REJECT);
    expect(await diagnosisOf(silent)).toBe('The app on phone said no and gave no reason.');
  });

  it('tells that the app there failed', async () => {
    const stage = await createStage();
    registerApp(stage.phone, { onCollaborate: () => Promise.reject(new Error('out of film')) });
    expect(await diagnosisOf(stage)).toMatch(/^The app on phone failed: .*out of film\.$/);
  });

  it('tells that nobody answered while the link was up', async () => {
    const stage = await createStage();
    registerAskedApp(stage.phone);
    expect(await diagnosisOf(stage)).toMatch(/^phone is linked, but .*EntryAbility said neither yes nor no in 10 s\./);
  });

  it('tells that the link was lost during the handshake', async () => {
    const { stage, connecting, calling } = await createOffer();
    stage.air.partition('kitchen', 'phone');
    await advanceUntil(stage.clock, connecting);
    expect(readDiagnosis(stage, calling.sessionId)).toMatch(
      /^The link to phone was lost before its app answered, and did not come back: the peer went out of range\./,
    );
  });

  it('tells that a session is in the way', async () => {
    const stage = await createStage();
    const { kitchen } = await connectedPair(stage);
    expect(await diagnosisOf(stage, {}, kitchen.app)).toBe(
      `These two apps have a session of this service: session ${kitchen.sessionId} is connected. Use that one, or end it first.`,
    );
    await kitchen.manager.connect(kitchen.sessionId);
    expect(readDiagnosis(stage, kitchen.sessionId)).toBeUndefined();
  });

  it('tells that the peer is this device', async () => {
    expect(await diagnosisOf(await createStage(), { peer: { deviceId: 'kitchen' } })).toBe(
      'The peer is this device. Choose another one.',
    );
  });

  it('tells that too many requests are waiting there', async () => {
    const stage = await createStage();
    registerAskedApp(stage.phone);
    const app = registerApp(stage.kitchen);
    const attempts = Array.from({ length: MAX_PENDING_OFFERS + 1 }, (_, index) => {
      const sessionId = createSession(app, stage.phone, { serviceName: `service ${index}` });
      return { sessionId, result: app.abilityConnectionManager.connect(sessionId) };
    });
    const last = attempts.at(-1);
    if (last === undefined) throw new Error('there are attempts');
    await last.result;
    expect(readDiagnosis(stage, last.sessionId)).toBe(
      'phone has too many requests waiting. Connect less often, and again in 10 s.',
    );
    await advanceUntil(stage.clock, Promise.all(attempts.map(({ result }) => result)));
  });

  it('tells that the app here, or there, gave up', async () => {
    const { stage, calling, connecting } = await createOffer();
    calling.manager.disconnect(calling.sessionId);
    await connecting;
    expect(readDiagnosis(stage, calling.sessionId)).toBe('The app here gave up before phone answered.');
  });

  it('is gone with the next attempt, and stays when the session is destroyed', async () => {
    const stage = await createStage();
    const app = registerApp(stage.kitchen);
    const sessionId = createSession(app, stage.phone);
    await app.abilityConnectionManager.connect(sessionId);
    const diagnosis = readDiagnosis(stage, sessionId);
    void app.abilityConnectionManager.connect(sessionId);
    expect(readDiagnosis(stage, sessionId)).toBeUndefined();
    await turns();
    app.abilityConnectionManager.destroyAbilityConnectionSession(sessionId);
    expect(stage.kitchen.broker.traceSession(sessionId)?.diagnosis).toBe(diagnosis);
  });
});

describe('the diagnosis of an ended connection', () => {
  it('tells which app ended it', async () => {
    const stage = await createStage();
    const { kitchen, phone } = await connectedPair(stage);
    phone.manager.disconnect(phone.sessionId);
    await kitchen.heard.disconnect.next();
    expect(readDiagnosis(stage, kitchen.sessionId)).toBe('The app on phone ended the session.');
    expect(readDiagnosis({ kitchen: stage.phone }, phone.sessionId)).toBe('The app here ended the session.');
  });

  it('tells that the app there went away', async () => {
    const stage = await createStage();
    const { kitchen, phone } = await connectedPair(stage);
    phone.app.close();
    await kitchen.heard.disconnect.next();
    expect(readDiagnosis(stage, kitchen.sessionId)).toMatch(/^The app on phone went away/);
  });

  it('tells that the link did not come back, and why it was lost', async () => {
    const stage = await createStage();
    const { kitchen } = await connectedPair(stage);
    stage.air.partition('kitchen', 'phone');
    await advance(stage.clock, RESUME_WINDOW_MS + CONNECT_TIMEOUT_MS);
    expect(readDiagnosis(stage, kitchen.sessionId)).toMatch(
      /^The link to phone was lost and did not come back within 30 s: the peer went out of range\. Last word of its radio: it was last heard 3\d s ago\.$/,
    );
  });
});

/** Shows itself as one of ours, and has another account. */
async function createForeign(stage: Stage): Promise<void> {
  await startDevice({ ...stage, account: createAccount() }, 'stranger');
  await turns();
}
