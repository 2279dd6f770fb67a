import { describe, expect, it } from 'vitest';
import { AttemptError } from '../../src/machines/peer.js';
import { ConnectErrorCode } from '../../src/protocol/codes.js';
import { LINK_LASTED_MS, LINK_LINGER_MS, REDIAL_FIRST_MS, REDIAL_LONGEST_MS } from '../../src/protocol/limits.js';
import { createPeer, lost, offered, passing, radioOff, radioOn, sighted, unwanted, wanted } from './peer-fixture.js';

/** A peer with a link that it dialled: number 1. */
async function linkedByOwnDial(options?: { readonly isOwnDialPreferred: boolean }) {
  const peer = createPeer(options);
  peer.send(wanted);
  await peer.succeed(1);
  peer.take();
  return peer;
}

describe('a peer that is needed', () => {
  it('dials at once and announces its link', async () => {
    const { send, succeed, dials, state, effects, take } = createPeer();
    send(wanted);
    expect([state(), dials.length]).toEqual(['dialling', 1]);
    await succeed(1);
    expect(state()).toBe('linked');
    expect(take().filter((type) => type !== 'closeLink')).toEqual(['announceUp']);
    expect(effects.at(-1)).toEqual({ type: 'announceUp', params: { link: 1 } });
  });

  it('dials once, however many sessions ask', () => {
    const { send, dials } = createPeer();
    send(wanted, wanted, radioOn);
    expect(dials.length).toBe(1);
  });

  it('redials after a wait that doubles up to its longest', async () => {
    const { send, fail, dials, clock, state } = createPeer();
    send(wanted);
    const waits = [1, 2, 4, 8, 16, 32].map((factor) => Math.min(REDIAL_FIRST_MS * factor, REDIAL_LONGEST_MS));
    for (const [index, wait] of waits.entries()) {
      await fail(passing);
      expect(state()).toBe('waiting');
      clock.increment(wait - 1);
      expect(dials.length).toBe(index + 1);
      clock.increment(1);
      expect(dials.length).toBe(index + 2);
    }
    expect(waits.at(-1)).toBe(REDIAL_LONGEST_MS);
  });

  it('begins with the shortest wait again after a link that lasted', async () => {
    const { send, fail, succeed, clock, dials } = createPeer();
    send(wanted);
    await fail(passing);
    clock.increment(REDIAL_FIRST_MS);
    await succeed(1);
    clock.increment(LINK_LASTED_MS);
    send(lost(1));
    await fail(passing);
    clock.increment(REDIAL_FIRST_MS);
    expect(dials.length).toBe(4);
  });

  it('waits longer and longer for a device whose links break right after their handshake', async () => {
    const { send, succeed, clock, dials, state } = createPeer();
    send(wanted);
    for (const [index, wait] of [1, 2, 4].map((factor) => factor * REDIAL_FIRST_MS).entries()) {
      await succeed(index + 1);
      clock.increment(LINK_LASTED_MS - 1);
      send(lost(index + 1));
      expect(state()).toBe('waiting');
      clock.increment(wait - 1);
      expect(dials.length).toBe(index + 1);
      clock.increment(1);
      expect(dials.length).toBe(index + 2);
    }
  });

  it('begins with the shortest wait again when it is needed anew', async () => {
    const { send, fail, clock, dials } = createPeer();
    send(wanted);
    await fail(passing);
    clock.increment(REDIAL_FIRST_MS);
    send(unwanted, wanted);
    await fail(passing);
    clock.increment(REDIAL_FIRST_MS);
    expect(dials.length).toBe(4);
  });

  it('says why the last dial failed, whatever it failed with', async () => {
    const { send, fail, clock, context } = createPeer();
    send(wanted);
    await fail(passing);
    expect(context().trouble).toBe('nobody there');
    clock.increment(REDIAL_FIRST_MS);
    await fail('something odd');
    expect(context().trouble).toBe('something odd');
  });

  it('gives up, and tells the sessions why, when a further dial would fail alike', async () => {
    const { send, fail, clock, dials, state, effects } = createPeer();
    const errorCode = ConnectErrorCode.PEER_WIFI_NOT_OPEN;
    send(wanted);
    await fail(new AttemptError('its radio is off', { isFinal: true, errorCode }));
    expect(state()).toBe('idle');
    expect(effects).toEqual([{ type: 'refuse', params: { errorCode, trouble: 'its radio is off' } }]);
    clock.increment(REDIAL_LONGEST_MS);
    expect(dials.length).toBe(1);
    send(wanted);
    expect(dials.length).toBe(2);
  });

  it('redials at once when the device comes back into range, and then waits as long as it would have', async () => {
    const { send, fail, clock, dials, state } = createPeer();
    send(wanted);
    await fail(passing);
    send(sighted);
    expect([state(), dials.length]).toEqual(['dialling', 2]);
    send(sighted);
    expect(dials.length).toBe(2);
    await fail(passing);
    clock.increment(2 * REDIAL_FIRST_MS - 1);
    expect(dials.length).toBe(2);
    clock.increment(1);
    expect(dials.length).toBe(3);
  });

  it('redials at once when a link is lost that had lasted', async () => {
    const { send, take, dials, clock, state, context } = await linkedByOwnDial();
    clock.increment(LINK_LASTED_MS);
    send(lost(1));
    expect([state(), dials.length]).toEqual(['dialling', 2]);
    expect(take()).toEqual(['announceLost']);
    expect(context()).toMatchObject({ link: undefined, trouble: 'out of range' });
  });
});

describe('a dial', () => {
  it('is aborted when nobody needs it any more', () => {
    const { send, dials, state } = createPeer();
    send(wanted, unwanted);
    expect([state(), dials[0]?.signal.aborted]).toEqual(['idle', true]);
  });

  it('is aborted when its answer was not taken, even if it has one', () => {
    const { send, dials, state } = createPeer({ isOwnDialPreferred: false });
    send(wanted);
    dials[0]?.succeed(1);
    send(offered(2));
    expect([state(), dials[0]?.signal.aborted]).toEqual(['linked', true]);
  });

  it('is not aborted once its answer was taken', async () => {
    const { send, dials } = await linkedByOwnDial();
    send(lost(1), unwanted);
    expect(dials[0]?.signal.aborted).toBe(false);
  });
});

describe('a link without sessions', () => {
  it('is taken from the other side, and kept for a while', () => {
    const { send, take, effects, clock, state } = createPeer();
    send(offered(1));
    expect([state(), take()]).toEqual(['lingering', ['announceUp']]);
    clock.increment(LINK_LINGER_MS - 1);
    expect(state()).toBe('lingering');
    clock.increment(1);
    expect([state(), take().slice(0, 2)]).toEqual(['idle', ['announceLost', 'closeLink']]);
    expect(effects).toContainEqual({ type: 'closeLink', params: { link: 1, end: 'closed-here' } });
  });

  it('is there at once for the next session, and no longer in danger', async () => {
    const { send, take, clock, state } = await linkedByOwnDial();
    send(unwanted, wanted);
    clock.increment(LINK_LINGER_MS);
    expect([state(), take()]).toEqual(['linked', []]);
  });

  it('is not replaced when it is lost', async () => {
    const { send, take, dials, state } = await linkedByOwnDial();
    send(unwanted, lost(1));
    expect([state(), dials.length, take()]).toEqual(['idle', 1, ['announceLost']]);
  });
});

describe('a peer whose radio is off', () => {
  it('stops dialling until the radio is on', () => {
    const { send, dials, clock, state } = createPeer();
    send(wanted, radioOff);
    expect([state(), dials[0]?.signal.aborted]).toEqual(['grounded', true]);
    clock.increment(REDIAL_LONGEST_MS);
    expect(dials.length).toBe(1);
    send(radioOn);
    expect([state(), dials.length]).toEqual(['dialling', 2]);
  });

  it('waits for the radio, not for its next redial', async () => {
    const { send, fail, clock, dials } = createPeer();
    send(wanted);
    await fail(passing);
    send(radioOff);
    clock.increment(REDIAL_LONGEST_MS);
    expect(dials.length).toBe(1);
  });

  it('lets its link go', async () => {
    const { send, take, state, context } = await linkedByOwnDial();
    send(radioOff, lost(1));
    expect([state(), context().link]).toEqual(['grounded', undefined]);
    expect(take().slice(0, 2)).toEqual(['announceLost', 'closeLink']);
  });

  it('forgets a link that nobody needs', async () => {
    const { send, state } = await linkedByOwnDial();
    send(unwanted, radioOff);
    expect(state()).toBe('idle');
  });

  it('is idle again when nobody needs it', () => {
    const { send, state } = createPeer();
    send(wanted, radioOff, unwanted, radioOn);
    expect(state()).toBe('idle');
  });

  it('dials at once when the radio comes back while it waits', async () => {
    const { send, fail, dials } = createPeer();
    send(wanted);
    await fail(passing);
    send(radioOn);
    expect(dials.length).toBe(2);
  });
});
