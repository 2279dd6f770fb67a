import { describe, expect, it } from 'vitest';
import type { SessionEvent } from '../../src/machines/session-events.js';
import { ConnectErrorCode, DisconnectReason } from '../../src/protocol/codes.js';
import { CONNECT_TIMEOUT_MS } from '../../src/protocol/limits.js';
import {
  accept,
  acceptConnect,
  accepting,
  close,
  confirm,
  connect,
  connectedInitiator,
  connecting,
  linkLost,
  linkRefused,
  linkUp,
  REMOTE,
  reject,
  resume,
  sessionAfter,
} from './session-fixture.js';

describe('a session that connects', () => {
  it('asks at once, and again on every new link', () => {
    const { send, take } = sessionAfter();
    send(connect);
    send(linkLost);
    send(linkUp);
    expect(take()).toEqual(['sendOpen', 'sendOpen']);
  });

  it('is connected on the accept, and confirms before payload flows', () => {
    const { send, take, state, context } = connecting();
    send(accept());
    expect(state()).toBe('connected');
    expect(take()).toEqual(['sendConfirm', 'openDelivery', 'settleConnect']);
    expect(context()).toMatchObject({ role: 'initiator', remoteSessionId: REMOTE, errorCode: undefined });
  });

  it('gives up when the peer stays silent for the connect timeout', () => {
    const { clock, take, state, context } = connecting();
    clock.increment(CONNECT_TIMEOUT_MS - 1);
    expect(state()).toBe('connecting');
    clock.increment(1);
    expect(state()).toBe('failed');
    expect(take()).toEqual(['sendClose', 'settleConnect']);
    expect(context().errorCode).toBe(ConnectErrorCode.SYSTEM_INTERNAL_ERROR);
  });

  it('has one deadline, however often the link comes and goes', () => {
    const { clock, send, state } = connecting();
    clock.increment(CONNECT_TIMEOUT_MS - 1);
    for (const event of [linkUp, linkLost, linkUp]) send(event);
    clock.increment(1);
    expect(state()).toBe('failed');
  });

  it('has no deadline any more once it is connected', () => {
    const { clock, state, take } = connectedInitiator();
    clock.increment(10 * CONNECT_TIMEOUT_MS);
    expect([state(), take()]).toEqual(['connected', []]);
  });

  it('is rejected with the words of the peer app', () => {
    const { send, state, context } = connecting();
    send(reject(ConnectErrorCode.PEER_APP_REJECTED, 'not now'));
    expect(state()).toBe('rejected');
    expect(context()).toMatchObject({ errorCode: ConnectErrorCode.PEER_APP_REJECTED, reason: 'not now' });
  });

  it.each([
    ConnectErrorCode.CONNECTED_SESSION_EXISTS,
    ConnectErrorCode.PEER_WIFI_NOT_OPEN,
    ConnectErrorCode.PEER_ABILITY_NO_ONCOLLABORATE,
    ConnectErrorCode.SYSTEM_INTERNAL_ERROR,
  ])('fails with code %i when the far broker refuses with it', (errorCode) => {
    const { send, state, context } = connecting();
    send(reject(errorCode, 'why'));
    expect(state()).toBe('failed');
    expect(context()).toMatchObject({ errorCode, reason: 'why' });
  });

  it('fails with the reason why there is no link', () => {
    const { send, state, context } = connecting();
    send(linkRefused);
    expect(state()).toBe('failed');
    expect(context()).toMatchObject({ errorCode: ConnectErrorCode.LOCAL_WIFI_NOT_OPEN, reason: 'off' });
  });
});

describe('a session that accepts', () => {
  it('says so at once, and again on every new link', () => {
    const { send, take, context } = sessionAfter();
    send(acceptConnect);
    send(linkLost);
    send(linkUp);
    expect(take()).toEqual(['sendAccept', 'sendAccept']);
    expect(context()).toMatchObject({ role: 'acceptor', remoteSessionId: REMOTE });
  });

  it('is connected on the confirmation, and only then tells its app', () => {
    const { send, take, state } = accepting();
    send(confirm());
    expect(state()).toBe('connected');
    expect(take()).toEqual(['openDelivery', 'settleAccept', 'raiseConnect']);
  });

  it('is connected on a resume: the confirmation was lost with its link', () => {
    const { send, take, state } = accepting();
    for (const event of [linkLost, linkUp, resume()]) send(event);
    expect(state()).toBe('connected');
    expect(take()).toEqual([
      'sendAccept',
      'openDelivery',
      'sendResume',
      'resumeDelivery',
      'settleAccept',
      'raiseConnect',
    ]);
  });

  it('gives up when the initiator stays silent for the connect timeout', () => {
    const { clock, take, state, context } = accepting();
    clock.increment(CONNECT_TIMEOUT_MS - 1);
    expect(state()).toBe('accepting');
    clock.increment(1);
    expect(state()).toBe('failed');
    expect(take()).toEqual(['sendClose', 'settleAccept']);
    expect(context().errorCode).toBe(ConnectErrorCode.SYSTEM_INTERNAL_ERROR);
  });
});

describe('a pending promise', () => {
  const ends: readonly (readonly [string, SessionEvent, string])[] = [
    ['disconnect', { type: 'disconnect' }, 'disconnected'],
    ['destroy', { type: 'destroy' }, 'destroyed'],
    ['the end of the app', { type: 'app.exit' }, 'destroyed'],
    ['a refused link', linkRefused, 'failed'],
    ['a close by the peer', close(DisconnectReason.PEER_APP_CLOSE_COLLABORATION), 'failed'],
  ];
  /** What may come late. */
  const afterwards = [accept(), confirm(), resume(), close(0), reject(1), linkUp, linkLost, linkRefused];

  it.each(ends)('of connect settles once, as failed, on %s', (_, event, state) => {
    const session = connecting();
    for (const each of [event, ...afterwards]) session.send(each);
    session.clock.increment(CONNECT_TIMEOUT_MS);
    expect(session.state()).toBe(state);
    expect(session.context().errorCode).toBeDefined();
    expect(session.take().filter((type) => type.startsWith('settle'))).toEqual(['settleConnect']);
  });

  it.each(ends)('of acceptConnect settles once, as failed, on %s', (_, event, state) => {
    const session = accepting();
    for (const each of [event, ...afterwards]) session.send(each);
    session.clock.increment(CONNECT_TIMEOUT_MS);
    expect(session.state()).toBe(state);
    expect(session.context().errorCode).toBeDefined();
    expect(session.take().filter((type) => type.startsWith('settle'))).toEqual(['settleAccept']);
  });
});
