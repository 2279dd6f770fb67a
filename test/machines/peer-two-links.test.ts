import { describe, expect, it } from 'vitest';
import { createPeer, lost, offered, passing, radioOff, unwanted, wanted } from './peer-fixture.js';

/** The device with the smaller id: its own dials are preferred. */
const small = () => createPeer({ isOwnDialPreferred: true });
const large = () => createPeer({ isOwnDialPreferred: false });

type Peer = ReturnType<typeof createPeer>;

async function linked(peer: Peer, link: number): Promise<Peer> {
  peer.send(wanted);
  await peer.succeed(link);
  peer.take();
  return peer;
}

/** The links it closed, and why. */
function closed({ effects }: Peer): readonly unknown[] {
  return effects
    .filter(({ type }) => type === 'closeLink')
    .map(({ params }) => params)
    .filter((params) => Object(params).link !== undefined);
}

describe('while it dials', () => {
  it('the smaller device keeps an offered link in reserve and goes on', () => {
    const peer = small();
    peer.send(wanted, offered(7));
    expect([peer.state(), peer.context().reserve, peer.take().includes('announceUp')]).toEqual(['dialling', 7, false]);
  });

  it('the smaller device prefers its own link to the reserve', async () => {
    const peer = small();
    peer.send(wanted, offered(7));
    await peer.succeed(1);
    expect(peer.context()).toMatchObject({ link: 1, isOwnLink: true, reserve: undefined });
    expect(closed(peer)).toEqual([{ link: 7, end: 'duplicate' }]);
  });

  it('the smaller device uses the reserve when its own dial fails', async () => {
    const peer = small();
    peer.send(wanted, offered(7));
    await peer.fail(passing);
    expect(peer.state()).toBe('linked');
    expect(peer.context()).toMatchObject({ link: 7, isOwnLink: false, reserve: undefined, trouble: 'nobody there' });
    expect(closed(peer)).toEqual([]);
  });

  it('the smaller device uses the reserve when its own dial is no longer needed', () => {
    const peer = small();
    peer.send(wanted, offered(7), unwanted);
    expect([peer.state(), peer.context().link]).toEqual(['lingering', 7]);
    expect(peer.dials[0]?.signal.aborted).toBe(true);
  });

  it('the smaller device keeps the newer of two offered links', () => {
    const peer = small();
    peer.send(wanted, offered(7), offered(8));
    expect(peer.context().reserve).toBe(8);
    expect(closed(peer)).toEqual([{ link: 7, end: 'duplicate' }]);
  });

  it('the smaller device forgets a reserve that is lost, and no other', async () => {
    const peer = small();
    peer.send(wanted, offered(7), lost(3));
    expect(peer.context().reserve).toBe(7);
    peer.send(lost(7));
    expect(peer.context().reserve).toBeUndefined();
    await peer.fail(passing);
    expect(peer.state()).toBe('waiting');
  });

  it('the smaller device lets the reserve go with the radio', () => {
    const peer = small();
    peer.send(wanted, offered(7), radioOff);
    expect([peer.state(), closed(peer)]).toEqual(['grounded', [{ link: 7, end: 'radio-off' }]]);
  });

  it('the larger device takes the offered link and aborts its own dial', () => {
    const peer = large();
    peer.send(wanted, offered(7));
    expect([peer.state(), peer.context().link, peer.context().isOwnLink]).toEqual(['linked', 7, false]);
    expect(peer.dials[0]?.signal.aborted).toBe(true);
  });
});

describe('between two dials', () => {
  it.each([
    ['smaller', small],
    ['larger', large],
  ])('the %s device takes what is offered', async (_, create) => {
    const peer = create();
    peer.send(wanted);
    await peer.fail(passing);
    peer.send(offered(7));
    expect([peer.state(), peer.context().link]).toEqual(['linked', 7]);
  });
});

describe.each([
  ['linked', []],
  ['lingering', [unwanted]],
] as const)('while it is %s', (state, events) => {
  it('the smaller device keeps its own link, holds the offered one and asks for a sign of life', async () => {
    const peer = await linked(small(), 1);
    peer.send(...events, offered(7));
    expect(peer.context()).toMatchObject({ link: 1, reserve: 7 });
    expect([peer.state(), peer.take().includes('probeLink'), closed(peer)]).toEqual([state, true, []]);
  });

  it('the smaller device changes to the reserve when its own link turns out dead', async () => {
    const peer = await linked(small(), 1);
    peer.send(...events, offered(7));
    peer.take();
    peer.send(lost(1));
    expect([peer.state(), peer.take(), peer.dials.length]).toEqual([state, ['announceLost', 'announceUp'], 1]);
    expect(peer.context()).toMatchObject({ link: 7, reserve: undefined });
  });

  it('the smaller device goes on when the reserve is lost', async () => {
    const peer = await linked(small(), 1);
    peer.send(...events, offered(7));
    peer.take();
    peer.send(lost(7), lost(99));
    expect([peer.state(), peer.take(), peer.context().reserve]).toEqual([state, [], undefined]);
  });

  it('the larger device changes to the offered link', async () => {
    const peer = await linked(large(), 1);
    peer.send(...events, offered(7));
    expect([peer.state(), peer.take()]).toEqual([state, ['announceLost', 'closeLink', 'announceUp']]);
    expect([peer.context().link, closed(peer)]).toEqual([7, [{ link: 1, end: 'duplicate' }]]);
  });

  it('each device takes a newer link from the side that dialled the one in use', async () => {
    const peer = small();
    peer.send(wanted);
    await peer.fail(passing);
    peer.send(offered(7), ...events, offered(8));
    expect([peer.state(), peer.context().link, closed(peer)]).toEqual([state, 8, [{ link: 7, end: 'duplicate' }]]);
  });
});
