import { describe, expect, it } from 'vitest';
import type { SessionEvent } from '../../src/machines/session-events.js';
import { ConnectErrorCode, DisconnectReason } from '../../src/protocol/codes.js';
import { RESUME_WINDOW_MS } from '../../src/protocol/limits.js';
import {
  accept,
  acceptConnect,
  accepting,
  close,
  confirm,
  connect,
  connectedAcceptor,
  connectedInitiator,
  connecting,
  linkLost,
  linkRefused,
  linkUp,
  OTHER,
  OWN,
  REMOTE,
  reject,
  resume,
  sessionAfter,
  suspended,
} from './session-fixture.js';

const { PEER_APP_CLOSE_COLLABORATION, PEER_APP_EXIT, NETWORK_DISCONNECTED } = DisconnectReason;

describe('a connected session', () => {
  it('keeps its payload when the link is lost, and raises nothing', () => {
    const { send, take, state } = connectedInitiator();
    send(linkLost);
    expect([state(), take()]).toEqual(['suspended', ['holdDelivery']]);
  });

  it.each([PEER_APP_CLOSE_COLLABORATION, PEER_APP_EXIT, NETWORK_DISCONNECTED])(
    'raises one disconnect with the reason %i of the peer',
    (reason) => {
      const { send, take, state, context } = connectedAcceptor();
      send(close(reason));
      send(close(PEER_APP_EXIT));
      expect(state()).toBe('disconnected');
      expect(take()).toEqual(['closeDelivery', 'raiseDisconnect']);
      expect(context().disconnectReason).toBe(reason);
    },
  );
});

describe.each([
  ['connected', connectedInitiator],
  ['suspended', suspended],
])('a %s session', (_, create) => {
  const ends: readonly (readonly [SessionEvent, string, DisconnectReason])[] = [
    [{ type: 'disconnect' }, 'disconnected', PEER_APP_CLOSE_COLLABORATION],
    [{ type: 'destroy' }, 'destroyed', PEER_APP_CLOSE_COLLABORATION],
    [{ type: 'app.exit' }, 'destroyed', PEER_APP_EXIT],
  ];

  it.each(ends)('tells the peer of $type, and not the app that asked', (event, target, reason) => {
    const { send, take, state, effects } = create();
    send(event);
    expect([state(), take()]).toEqual([target, ['sendClose', 'closeDelivery']]);
    expect(effects.findLast(({ type }) => type === 'sendClose')?.params).toEqual({ reason });
  });

  it('does not listen to what is said of another attempt, and answers what expects an answer', () => {
    const { send, take, state } = create();
    const before = state();
    for (const event of [confirm(OTHER), reject(1, '', OTHER), close(PEER_APP_EXIT, OTHER)]) send(event);
    expect([state(), take()]).toEqual([before, []]);
    for (const event of [accept(OTHER), resume(OTHER)]) send(event);
    expect([state(), take()]).toEqual([before, ['closeStale', 'closeStale']]);
  });

  it('cannot connect or accept', () => {
    const { send, take, state } = create();
    const before = state();
    send({ type: 'connect', token: OTHER });
    send({ type: 'acceptConnect', token: OTHER, remoteSessionId: REMOTE });
    expect([state(), take()]).toEqual([before, []]);
  });
});

describe('a suspended session', () => {
  it('says what arrived on every new link, and sends the rest once the peer has said so, too', () => {
    const { send, take, state } = suspended();
    for (const event of [linkUp, linkLost, linkUp]) send(event);
    expect([state(), take()]).toEqual(['suspended', ['sendResume', 'sendResume']]);
    send(resume());
    expect([state(), take()]).toEqual(['connected', ['resumeDelivery']]);
  });

  it('waits for its link as long as the resume window, then raises one disconnect', () => {
    const { clock, take, state, context } = suspended();
    clock.increment(RESUME_WINDOW_MS - 1);
    expect(state()).toBe('suspended');
    clock.increment(1);
    expect([state(), take()]).toEqual(['disconnected', ['closeDelivery', 'raiseDisconnect']]);
    expect(context().disconnectReason).toBe(NETWORK_DISCONNECTED);
  });

  it('does not wait longer because a link came that brought no answer', () => {
    const { clock, send, state } = suspended();
    clock.increment(RESUME_WINDOW_MS - 1);
    send(linkUp);
    clock.increment(1);
    expect(state()).toBe('disconnected');
  });

  it('has the whole window again after it was resumed', () => {
    const { clock, send, state } = suspended();
    clock.increment(RESUME_WINDOW_MS - 1);
    for (const event of [linkUp, resume(), linkLost]) send(event);
    clock.increment(RESUME_WINDOW_MS - 1);
    expect(state()).toBe('suspended');
  });

  it('ends at once when there will be no link', () => {
    const { send, take, state, context } = suspended();
    send(linkRefused);
    expect([state(), take()]).toEqual(['disconnected', ['closeDelivery', 'raiseDisconnect']]);
    expect(context().disconnectReason).toBe(NETWORK_DISCONNECTED);
  });

  it('lets its own resume answer a repeated accept', () => {
    const { send, take, state } = suspended();
    send(accept());
    expect([state(), take()]).toEqual(['suspended', []]);
  });
});

describe('an attempt', () => {
  it.each([
    ['connecting', connecting, [confirm(OTHER), reject(1, '', OTHER), close(PEER_APP_EXIT, OTHER)], []],
    ['connecting', connecting, [accept(OTHER), resume(OTHER), resume()], ['closeStale', 'closeStale', 'closeStale']],
    ['accepting', accepting, [confirm(OTHER), reject(1), close(PEER_APP_EXIT, OTHER)], []],
    ['accepting', accepting, [accept(OTHER), resume(OTHER), accept()], ['closeStale', 'closeStale', 'closeStale']],
  ])('that is %s stays so whatever is said of others', (state, create, events, answers) => {
    const session = create();
    for (const event of events) session.send(event);
    expect([session.state(), session.take()]).toEqual([state, answers]);
  });
});

describe.each([
  ['created', () => sessionAfter()],
  ['disconnected', () => sessionAfter(connect, accept(), close(PEER_APP_EXIT))],
  ['rejected', () => sessionAfter(connect, reject(ConnectErrorCode.PEER_APP_REJECTED, 'no'))],
  ['failed', () => sessionAfter(connect, reject(ConnectErrorCode.PEER_WIFI_NOT_OPEN, 'off'))],
] as const)('a %s session', (name, create) => {
  const clean = { errorCode: undefined, reason: '', disconnectReason: undefined, token: OTHER };

  it('is in the state it is named after', () => {
    expect(create().state()).toBe(name);
  });

  it('can connect, and forgets how the last attempt ended', () => {
    const { send, take, state, context } = create();
    send({ type: 'connect', token: OTHER });
    expect([state(), take()]).toEqual(['connecting', ['sendOpen']]);
    expect(context()).toMatchObject({ ...clean, role: 'initiator', remoteSessionId: 0 });
  });

  it('can accept, and forgets how the last attempt ended', () => {
    const { send, take, state, context } = create();
    send({ type: 'acceptConnect', token: OTHER, remoteSessionId: 7 });
    expect([state(), take()]).toEqual(['accepting', ['sendAccept']]);
    expect(context()).toMatchObject({ ...clean, role: 'acceptor', remoteSessionId: 7 });
  });

  it('ends a half that still believes in it, and nothing else happens', () => {
    const { send, take, state } = create();
    for (const token of [OWN, OTHER]) for (const event of [accept(token), resume(token)]) send(event);
    for (const event of [confirm(), close(PEER_APP_EXIT), reject(1), linkUp, linkLost, linkRefused]) send(event);
    send({ type: 'disconnect' });
    expect([state(), take()]).toEqual([name, ['closeStale', 'closeStale', 'closeStale', 'closeStale']]);
  });

  it.each(['destroy', 'app.exit'] as const)('is gone after %s, without a word to anyone', (type) => {
    const { send, take, state } = create();
    for (const event of [{ type }, connect, acceptConnect, resume(), linkUp] as const) send(event);
    expect([state(), take()]).toEqual(['destroyed', []]);
  });
});
