import { describe, expect, it } from 'vitest';
import type { AnyStateMachine } from 'xstate';
import type { Broker } from '../../src/broker/interface.js';
import { peerMachine } from '../../src/machines/peer.js';
import { radioMachine } from '../../src/machines/radio.js';
import { sessionMachine } from '../../src/machines/session.js';
import { MAX_KEPT_TRACES, MAX_TRACE_ENTRIES } from '../../src/protocol/limits.js';
import type { TraceEntry } from '../../src/protocol/trace.js';
import {
  acceptOffer,
  connectedPair,
  createOffer,
  createSession,
  createStage,
  peerOn,
  registerApp,
  registerAskedApp,
} from '../conformance/fixture.js';
import { advance, advanceUntil, turns } from '../conformance/time.js';

const MACHINES = { session: sessionMachine, peer: peerMachine, radio: radioMachine };

function traceOf(broker: Broker, sessionId: number) {
  const trace = broker.traceSession(sessionId);
  if (trace === undefined) throw new Error(`there is no trace of ${sessionId}`);
  return trace;
}

/** `lane kind name`, and where a chart went. */
function lineOf({ lane, kind, name, from, to }: TraceEntry): string {
  return `${lane} ${kind} ${name}${to === undefined ? '' : ` ${from ?? ''}→${to}`}`;
}

describe('the trace of a session', () => {
  it('tells how it came to be connected, on the side that called', async () => {
    const stage = await createStage();
    const { kitchen } = await connectedPair(stage);
    const { entries, session, dropped, offset } = traceOf(stage.kitchen.broker, kitchen.sessionId);
    expect(entries.map(lineOf)).toEqual([
      'client call createAbilityConnectionSession',
      'client call connect',
      'peer state present →idle',
      'peer state link.wanted idle→dialling',
      'session state connect created→connecting',
      'link frame open',
      'peer state open done dialling→linked',
      'link event up',
      'session event link.up',
      'link frame open',
      'far frame accept',
      'session state peer.accept connecting→connected',
      'link frame confirm',
      'client result connect',
    ]);
    expect(entries.map((entry) => entry.offset)).toEqual(entries.map((_, index) => index + 1));
    expect({ dropped, offset, state: session.state }).toEqual({
      dropped: 0,
      offset: entries.length,
      state: 'connected',
    });
  });

  it('tells the same on the side that accepted', async () => {
    const stage = await createStage();
    const { phone } = await connectedPair(stage);
    expect(traceOf(stage.phone.broker, phone.sessionId).entries.map(lineOf)).toEqual([
      'client call createAbilityConnectionSession',
      'client call acceptConnect',
      'far frame open',
      'peer state present →lingering',
      'peer state link.wanted lingering→linked',
      'session state acceptConnect created→accepting',
      'link frame accept',
      'far frame confirm',
      'session state peer.confirm accepting→connected',
      'client result acceptConnect',
      'client event connect',
    ]);
  });

  it('names the transitions of the charts as they are', async () => {
    const stage = await createStage();
    const { kitchen } = await connectedPair(stage);
    stage.air.setRadio('kitchen', 'poweredOff');
    await turns();
    stage.air.setRadio('kitchen', 'poweredOn');
    await advance(stage.clock, 3_000);
    const { entries } = traceOf(stage.kitchen.broker, kitchen.sessionId);
    const taken = entries.filter(({ edge }) => edge !== undefined);
    expect(new Set(taken.map(({ machine }) => machine))).toEqual(new Set(['session', 'peer', 'radio']));
    for (const { machine = 'session', edge = '', to } of taken) {
      const [source = '', type = '', index] = edge.split('|');
      const chart: AnyStateMachine = MACHINES[machine];
      const node = source === chart.root.key ? chart.root : chart.states[source];
      const transition = node?.transitions.get(type)?.[Number(index)];
      expect([edge, transition?.target?.[0]?.key]).toEqual([edge, to]);
    }
  });

  it('says which of several transitions was taken, and what changed nothing', async () => {
    const { stage, asked, calling, connecting, offer } = await createOffer();
    asked.app.abilityConnectionManager.reject(offer.token, 'not now');
    await connecting;
    const { entries } = traceOf(stage.kitchen.broker, calling.sessionId);
    expect(entries.slice(-3)).toMatchObject([
      { lane: 'far', kind: 'frame', name: 'reject', detail: { errorCode: 1, reason: 'not now' } },
      { edge: 'connecting|peer.reject|0', from: 'connecting', to: 'rejected' },
      { lane: 'client', kind: 'result', detail: { isConnected: false, errorCode: 1, reason: 'not now' } },
    ]);
  });

  it('tells of each dial, why it failed, and when the next one is due', async () => {
    const stage = await createStage();
    stage.air.partition('kitchen', 'phone');
    const caller = registerApp(stage.kitchen);
    const sessionId = createSession(caller, stage.phone);
    await advanceUntil(stage.clock, caller.abilityConnectionManager.connect(sessionId));
    const dials = traceOf(stage.kitchen.broker, sessionId).entries.filter(({ name }) => name === 'open failed');
    expect(dials.slice(0, 2)).toMatchObject([
      { edge: 'dialling|xstate.error.actor.0.peer.dialling|2', detail: { redialInMs: 250 } },
      { detail: { redialInMs: 500, reason: expect.stringContaining('not-in-range') } },
    ]);
  });

  it('tells why the link was lost, and of the resume', async () => {
    const stage = await createStage();
    const { kitchen } = await connectedPair(stage);
    stage.air.cut('kitchen', 'phone');
    await advance(stage.clock, 3_000);
    const { entries, counters } = traceOf(stage.kitchen.broker, kitchen.sessionId);
    expect(entries).toContainEqual(
      expect.objectContaining({ lane: 'link', name: 'lost', detail: { reason: 'the peer went out of range' } }),
    );
    expect(entries.map(lineOf)).toContain('session state peer.resume suspended→connected');
    expect(counters.suspensions).toBe(1);
  });

  it('keeps the last entries, and says how many are gone', async () => {
    const stage = await createStage();
    const caller = registerApp(stage.kitchen);
    const sessionId = createSession(caller, stage.phone, { peer: { deviceId: 'kitchen' } });
    for (let times = 0; times < MAX_TRACE_ENTRIES; times += 1) await caller.abilityConnectionManager.connect(sessionId);
    const { entries, dropped, offset } = traceOf(stage.kitchen.broker, sessionId);
    expect(entries).toHaveLength(MAX_TRACE_ENTRIES);
    expect([dropped, offset]).toEqual([1 + MAX_TRACE_ENTRIES, 1 + 2 * MAX_TRACE_ENTRIES]);
    expect([entries[0]?.offset, entries.at(-1)?.offset]).toEqual([dropped + 1, offset]);
  });

  it('can be read for a while after the session was destroyed', async () => {
    const stage = await createStage();
    const caller = registerApp(stage.kitchen);
    const { destroyAbilityConnectionSession: destroy } = caller.abilityConnectionManager;
    const ids = Array.from({ length: MAX_KEPT_TRACES + 1 }, () => createSession(caller, stage.phone));
    for (const sessionId of ids) destroy(sessionId);
    const [first = 0, second = 0] = ids;
    expect(stage.kitchen.broker.traceSession(first)).toBeUndefined();
    expect(traceOf(stage.kitchen.broker, second).entries.map(lineOf)).toEqual([
      'client call createAbilityConnectionSession',
      'client call destroyAbilityConnectionSession',
      'session state destroy created→destroyed',
    ]);
  });

  it('is told entry by entry to who observes', async () => {
    const stage = await createStage();
    const seen: TraceEntry[] = [];
    const watch = stage.kitchen.broker.traces$.subscribe(({ entry }) => seen.push(entry));
    const { kitchen } = await connectedPair(stage);
    expect(seen).toEqual(traceOf(stage.kitchen.broker, kitchen.sessionId).entries);
    watch.unsubscribe();
  });
});

describe('the payload of a session', () => {
  it('is counted, and is no entry of the trace', async () => {
    const stage = await createStage();
    const pair = await connectedPair(stage);
    const before = traceOf(stage.kitchen.broker, pair.kitchen.sessionId).offset;
    await pair.kitchen.manager.sendMessage(pair.kitchen.sessionId, 'äh');
    await pair.kitchen.manager.sendData(pair.kitchen.sessionId, new ArrayBuffer(1_000));
    await pair.phone.manager.sendMessage(pair.phone.sessionId, 'hm');
    const { counters, offset } = traceOf(stage.kitchen.broker, pair.kitchen.sessionId);
    expect(offset).toBe(before);
    expect(counters).toMatchObject({ textsSent: 1, dataSent: 1, bytesSent: 1_003, textsReceived: 1, bytesReceived: 2 });
    expect(counters).toMatchObject({ framesSent: 2, framesReceived: 1, resends: 0, roundTripMs: expect.any(Number) });
  });

  it('is queued until it leaves, and then it was sent', async () => {
    const stage = await createStage();
    const { kitchen } = await connectedPair(stage);
    const sending = kitchen.manager.sendMessage(kitchen.sessionId, 'hello');
    const countersNow = () => traceOf(stage.kitchen.broker, kitchen.sessionId).counters;
    expect(countersNow()).toMatchObject({ textsSent: 0, bytesSent: 0, bytesQueued: 5 });
    await sending;
    expect(countersNow()).toMatchObject({ textsSent: 1, bytesSent: 5, bytesQueued: 0 });
    // What never left was never sent, and waits no more.
    const late = kitchen.manager.sendMessage(kitchen.sessionId, 'too late').catch(() => {});
    kitchen.manager.disconnect(kitchen.sessionId);
    await late;
    expect(countersNow()).toMatchObject({ textsSent: 1, bytesSent: 5, bytesQueued: 0 });
  });

  it('is never shown, and neither are tokens and the account', async () => {
    const stage = await createStage();
    const asked = registerAskedApp(stage.phone);
    const caller = registerApp(stage.kitchen);
    const { createAbilityConnectionSession, connect, sendMessage, sendData } = caller.abilityConnectionManager;
    const options = { needSendData: true, parameters: { pin: 'SECRET-PARAMETER' } };
    const sessionId = createAbilityConnectionSession('collabTest', caller.context, peerOn(stage.phone), options);
    const connecting = connect(sessionId);
    const offer = await asked.offers.next();
    const { sessionId: other, accepted } = acceptOffer(asked, offer);
    await Promise.all([connecting, accepted]);
    await sendMessage(sessionId, 'SECRET-TEXT');
    await sendData(sessionId, new TextEncoder().encode('SECRET-DATA').buffer);
    const traces = [traceOf(stage.kitchen.broker, sessionId), traceOf(stage.phone.broker, other)];
    const text = JSON.stringify(traces);
    expect(text).not.toMatch(/SECRET/);
    expect(text).not.toContain(offer.token);
    expect(text).not.toContain(stage.account);
  });
});
