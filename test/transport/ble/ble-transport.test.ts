import { firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { GONE_AFTER_MS, VISIT_RETRY_FIRST_MS, WANT_TURN_MS } from '../../../src/protocol/limits.js';
import { openHint } from '../../../src/transport/ble/discovery/hint.js';
import { DialError } from '../../../src/transport/transport.js';
import { createHandLink, createOther } from '../../support/hand-radio.js';
import { turns } from '../../support/time.js';
import { type BleFixture, createBleFixture, here } from './ble-fixture.js';

const neverAborted = () => new AbortController().signal;
const failing = (failure: string) => expect.objectContaining({ name: 'DialError', failure });

/** How a dial ended, or undefined while it has not. */
function outcomeOf(dialling: Promise<unknown>): () => unknown {
  let outcome: unknown;
  const note = (value: unknown): void => {
    outcome = value;
  };
  dialling.then(note, note);
  return () => outcome;
}

/** Tags of those that were asked for a link, one for each advertisement. */
function targetsOf({ advertised }: BleFixture): (string | undefined)[] {
  return advertised.map(({ hint }) => openHint(here.hintKey, hint)?.targetTag);
}

describe('a dial of a central', () => {
  it('connects to where the device was just heard', async () => {
    const fixture = createBleFixture();
    await fixture.meet(createOther('phone'));
    const dialling = fixture.transport.dial('phone', { signal: neverAborted() });
    await turns();
    expect(fixture.connects.map(({ address }) => address)).toEqual(['address of phone']);
    const { link } = createHandLink();
    fixture.connects[0]?.succeed(link);
    expect(await dialling).toBe(link);
  });

  it('waits until a device is heard again that was silent for a moment, and visits it no more meanwhile', async () => {
    const { transport, meet, hear, clock, connects, visits } = createBleFixture();
    const phone = createOther('phone');
    await meet(phone);
    clock.increment(2_000);
    void transport.dial('phone', { signal: neverAborted() });
    await turns();
    expect(connects).toEqual([]);
    hear(phone.heard({ address: 'another address' }));
    expect([connects.length, visits.length]).toEqual([0, 2]);
    visits[1]?.succeed(phone.card());
    await turns();
    hear(phone.heard({ address: 'another address' }));
    await turns();
    expect(connects.map(({ address }) => address)).toEqual(['another address']);
    clock.increment(VISIT_RETRY_FIRST_MS);
    hear(phone.heard({ address: 'another address' }));
    expect(visits).toHaveLength(2);
  });

  it("fails with 'not-in-range' once the device is not heard any more", async () => {
    const { transport, meet, clock } = createBleFixture();
    await meet(createOther('phone'));
    clock.increment(GONE_AFTER_MS - 1);
    const outcome = outcomeOf(transport.dial('phone', { signal: neverAborted() }));
    await turns();
    expect(outcome()).toBeUndefined();
    clock.increment(1);
    await turns();
    expect(outcome()).toEqual(failing('not-in-range'));
  });

  it("fails at once with 'not-in-range' for a device that was never met", async () => {
    const { transport } = createBleFixture();
    await expect(transport.dial('phone', { signal: neverAborted() })).rejects.toEqual(failing('not-in-range'));
  });

  it.each(['poweredOff', 'unsupported', 'unauthorized'] as const)("fails with 'radio-off': %s", async (state) => {
    const { transport, setState } = createBleFixture();
    setState(state);
    await expect(transport.dial('phone', { signal: neverAborted() })).rejects.toEqual(failing('radio-off'));
  });

  it.each(['unknown', 'resetting'] as const)('waits for a radio that is starting: %s', async (state) => {
    const { transport, setState, meet, connects } = createBleFixture();
    await meet(createOther('phone'));
    setState(state);
    const outcome = outcomeOf(transport.dial('phone', { signal: neverAborted() }));
    await turns();
    expect([outcome(), connects.length]).toEqual([undefined, 0]);
    setState('poweredOn');
    await turns();
    expect(connects).toHaveLength(1);
  });

  it("ends with 'aborted', whatever it waits for", async () => {
    const { transport, setState } = createBleFixture();
    setState('unknown');
    const controller = new AbortController();
    const dialling = transport.dial('phone', { signal: controller.signal });
    controller.abort();
    await expect(dialling).rejects.toEqual(failing('aborted'));
  });

  it("ends with 'closed' when the transport is closed", async () => {
    const { transport, setState } = createBleFixture();
    setState('unknown');
    const dialling = transport.dial('phone', { signal: neverAborted() });
    await Promise.all([expect(dialling).rejects.toEqual(failing('closed')), transport.close()]);
    await expect(transport.dial('phone', { signal: neverAborted() })).rejects.toEqual(failing('closed'));
  });

  it('passes on why the radio failed', async () => {
    const { transport, meet, connects } = createBleFixture();
    await meet(createOther('phone'));
    const dialling = transport.dial('phone', { signal: neverAborted() });
    await turns();
    connects[0]?.fail(new DialError('busy', 'too many links'));
    await expect(dialling).rejects.toEqual(failing('busy'));
  });
});

describe('a link that was dialled', () => {
  async function linked() {
    const fixture = createBleFixture();
    const phone = createOther('phone');
    await fixture.meet(phone);
    const wish = phone.heard({ target: here });
    fixture.hear(wish);
    void fixture.transport.dial('phone', { signal: neverAborted() });
    await turns();
    const { link, end } = createHandLink();
    fixture.connects[0]?.succeed(link);
    await turns();
    return { ...fixture, phone, wish, end };
  }

  it('keeps the silent device in range, and asks for nothing any more', async () => {
    const { clock, meet, hear, wish, sightings } = await linked();
    clock.increment(10 * GONE_AFTER_MS);
    await meet(createOther('tablet'));
    expect(sightings().map(({ deviceId }) => deviceId)).toEqual(['phone', 'tablet']);
    hear(wish);
    expect(sightings().map(({ wantsLink }) => wantsLink)).toEqual([undefined, undefined]);
  });

  it('leaves the device in range for a while after its end', async () => {
    const { clock, sightings, end } = await linked();
    clock.increment(10 * GONE_AFTER_MS);
    end('lost');
    clock.increment(GONE_AFTER_MS - 1);
    expect(sightings()).toHaveLength(1);
    clock.increment(1);
    expect(sightings()).toEqual([]);
  });

  it('is wanted again once the device says so again', async () => {
    const { hear, wish, sightings, end } = await linked();
    end('lost');
    expect(sightings()[0]?.wantsLink).toBeUndefined();
    hear(wish);
    expect(sightings()[0]?.wantsLink).toBe(true);
  });

  it("makes dials fail with 'peer-radio-off' when those were its last words, until the device is heard", async () => {
    const { transport, hear, phone, sightings, connects, end } = await linked();
    end('peer-radio-off');
    expect(sightings()).toEqual([]);
    await expect(transport.dial('phone', { signal: neverAborted() })).rejects.toEqual(failing('peer-radio-off'));
    hear(phone.heard());
    void transport.dial('phone', { signal: neverAborted() });
    await turns();
    expect(connects).toHaveLength(2);
  });
});

describe('a dial of a peripheral', () => {
  it('asks the device for a link until it is aborted', async () => {
    const fixture = createBleFixture({ hasCentral: false, hasPeripheral: true });
    const controller = new AbortController();
    const dialling = fixture.transport.dial('hub', { signal: controller.signal });
    await turns();
    expect(targetsOf(fixture)).toEqual([undefined, createOther('hub').own.deviceTag]);
    controller.abort();
    await expect(dialling).rejects.toEqual(failing('aborted'));
    expect(targetsOf(fixture)).toEqual([undefined, createOther('hub').own.deviceTag, undefined]);
  });

  it('takes turns with other dials, for a hint has room for one', async () => {
    const fixture = createBleFixture({ hasCentral: false, hasPeripheral: true });
    const [one, two] = [createOther('one').own.deviceTag, createOther('two').own.deviceTag];
    const controller = new AbortController();
    const first = outcomeOf(fixture.transport.dial('one', { signal: controller.signal }));
    void fixture.transport.dial('two', { signal: neverAborted() }).catch(() => {});
    await turns();
    for (let turn = 0; turn < 3; turn += 1) fixture.clock.increment(WANT_TURN_MS);
    expect(targetsOf(fixture).slice(1)).toEqual([one, two, one, two]);
    controller.abort();
    await turns();
    fixture.clock.increment(5 * WANT_TURN_MS);
    expect(first()).toEqual(failing('aborted'));
    expect(targetsOf(fixture).slice(1)).toEqual([one, two, one, two]);
  });

  it('fails when its radio is switched off meanwhile', async () => {
    const { transport, setState } = createBleFixture({ hasCentral: false, hasPeripheral: true });
    const outcome = outcomeOf(transport.dial('hub', { signal: neverAborted() }));
    await turns();
    setState('poweredOff');
    await turns();
    expect(outcome()).toEqual(failing('radio-off'));
  });

  it('is made by a device with both halves, too, when the other one is not heard', async () => {
    const fixture = createBleFixture({ hasPeripheral: true });
    void fixture.transport.dial('hub', { signal: neverAborted() }).catch(() => {});
    await turns();
    expect([fixture.connects.length, targetsOf(fixture).at(-1)]).toEqual([0, createOther('hub').own.deviceTag]);
  });
});

describe('the radio of the transport', () => {
  it('is what the radio says', async () => {
    const { transport, setState } = createBleFixture();
    setState('unauthorized');
    expect(await firstValueFrom(transport.radio$)).toBe('unauthorized');
  });
});

describe('a dial of a device with both halves', () => {
  it('connects as soon as the device is heard, though it began by asking: the other side may be asking, too', async () => {
    const fixture = createBleFixture({ hasCentral: true, hasPeripheral: true });
    const phone = createOther('phone');
    fixture.leaveCard(phone.card());
    const outcome = outcomeOf(fixture.transport.dial('phone', { signal: neverAborted() }));
    await turns();
    expect(targetsOf(fixture).at(-1)).toBe(phone.own.deviceTag);
    await fixture.meet(phone);
    fixture.hear(phone.heard());
    await turns();
    expect(targetsOf(fixture).at(-1)).toBeUndefined();
    const { link } = createHandLink();
    fixture.connects[0]?.succeed(link);
    await turns();
    expect(outcome()).toBe(link);
  });
});
