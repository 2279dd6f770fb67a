/** One authenticated connection to the gateway: JSON-RPC and binary data over a channel. */

import type { MethodName, MethodParams, MethodResult } from '../protocol/calls.js';
import { CLIENT_OPEN_TIMEOUT_MS } from '../protocol/client-limits.js';
import { type ReceivedData, readReceivedData, setRequestId } from '../protocol/data-frame.js';
import { BrokerError } from '../protocol/errors.js';
import { GATEWAY_PROTOCOL_VERSION } from '../protocol/limits.js';
import type { NotificationParams } from '../protocol/notified.js';
import { formatCall, parseServerFrame } from '../protocol/rpc.js';
import { unreachable } from '../protocol/unreachable.js';
import { createCalls } from './calls.js';
import { type Channel, type ChannelOptions, openChannel } from './channel.js';
import { encodeParams } from './encode.js';
import { createFrameLimits } from './frame-limits.js';
import { type Heartbeat, startHeartbeat } from './heartbeat.js';
import { type Notification, readNotification } from './notification.js';
import { createOutcome } from './outcome.js';

export interface ConnectionOptions extends Omit<ChannelOptions, 'onFrame'> {
  readonly token: string;
  onNotification(notification: Notification): void;
  onData(data: ReceivedData): void;
}

export interface Connection extends Pick<Channel, 'ended' | 'gone' | 'end'> {
  /** Resolves once authenticated; rejects with why the connection ended before. */
  readonly opened: Promise<MethodResult<'authenticate'>>;
  /** How long the gateway keeps an app without its client; known once opened. */
  readonly appGraceMs: number;
  /** Whether the gateway takes another call now, with data of so many bytes. */
  hasRoom(bytes?: number): boolean;
  /**
   * Rejects with the gateway's error, `connectionLost`, or `invalidParameter` for what it would not take. `onResult` runs before any later
   * frame is read.
   */
  call<M extends MethodName>(
    method: M,
    params: MethodParams<M>,
    onResult?: (result: MethodResult<M>) => void,
  ): Promise<MethodResult<M>>;
  /** The same with `params` of encodeParams. */
  send<M extends MethodName>(
    method: M,
    params: string,
    onResult?: (result: MethodResult<M>) => void,
  ): Promise<MethodResult<M>>;
  /** `frame` is one of writeSendData with so many bytes of data; its request id is set here. */
  sendData(frame: Uint8Array<ArrayBuffer>, bytes: number): Promise<void>;
}

type Hello = NotificationParams<'hello'>;

export function openConnection(options: ConnectionOptions): Connection {
  const calls = createCalls();
  const hello = createOutcome<Hello>();
  const limits = createFrameLimits();
  let isLost = false;
  let heartbeat: Heartbeat | undefined;

  const channel = openChannel({
    ...options,
    onFrame(frame) {
      heartbeat?.heard();
      if (typeof frame === 'string') return readText(frame);
      const data = readReceivedData(new Uint8Array(frame));
      if (data !== undefined) options.onData(data);
    },
  });

  const send: Connection['send'] = (method, params, onResult) =>
    calls.start((id) => {
      const frame = formatCall(id, method, params);
      limits.checkText(method, frame);
      channel.send(frame);
    }, onResult);
  const call: Connection['call'] = async (name, params, onResult) => send(name, encodeParams(name, params), onResult);
  const sendData: Connection['sendData'] = (frame, bytes) =>
    limits.holdData(bytes, frame.length, () => calls.start((id) => channel.send(withRequestId(frame, id))));

  function readText(text: string): void {
    const frame = parseServerFrame(text);
    if (frame === undefined) return channel.end(new BrokerError('connectionRefused', 'It sent what no gateway sends.'));
    switch (frame.type) {
      case 'result':
        return calls.succeed(frame.id, frame.result);
      case 'error':
        // Without an id the gateway could not read the call, and closes the connection.
        return frame.id === null ? undefined : calls.fail(frame.id, frame.error);
      case 'notification':
        return notify(readNotification(frame.method, frame.params));
      default:
        return unreachable(frame);
    }
  }

  /** What a newer gateway says besides is not for this client. */
  function notify(notification: Notification | undefined): void {
    if (notification?.method === 'hello') hello.settle(notification.params);
    else if (notification !== undefined) options.onNotification(notification);
  }

  async function authenticate(told: Hello): Promise<MethodResult<'authenticate'>> {
    const { protocol, pingIntervalMs } = told;
    checkVersion(protocol);
    limits.learn(told.limits);
    const gateway = await call('authenticate', { token: options.token, version: GATEWAY_PROTOCOL_VERSION });
    limits.trust();
    heartbeat = startHeartbeat({
      clock: options.clock,
      intervalMs: pingIntervalMs,
      ask: () => void call('ping', {}).catch(() => {}), // any answer is a sign of life, and none ends the connection
      onSilent: () => channel.end(new BrokerError('connectionLost', 'The gateway fell silent.')),
    });
    return gateway;
  }

  const opened = Promise.race([hello.promise.then(authenticate), channel.ended.then(fail)]);
  limitOpening(opened, channel, options);
  void channel.ended.then((why) => {
    isLost = true;
    heartbeat?.stop();
    calls.lose(why);
  });

  return {
    opened,
    ended: channel.ended,
    gone: channel.gone,
    end: channel.end,
    get appGraceMs() {
      return limits.appGraceMs;
    },
    hasRoom: (bytes = 0) => !isLost && limits.hasRoom(calls.count, bytes),
    call,
    send,
    sendData,
  };
}

function withRequestId(frame: Uint8Array<ArrayBuffer>, id: number): Uint8Array<ArrayBuffer> {
  setRequestId(frame, id);
  return frame;
}

/** Ends the connection when it could not be opened, in time or at all. */
function limitOpening(opened: Promise<unknown>, channel: Channel, { clock }: ConnectionOptions): void {
  const late = new BrokerError('gatewayUnreachable', 'It did not answer in time.');
  const timer = clock.setTimeout(() => channel.end(late), CLIENT_OPEN_TIMEOUT_MS);
  opened.catch(channel.end).finally(() => clock.clearTimeout(timer));
}

function checkVersion({ min, max }: Hello['protocol']): void {
  if (min <= GATEWAY_PROTOCOL_VERSION && GATEWAY_PROTOCOL_VERSION <= max) return;
  const versions = `It speaks protocol ${min} to ${max}, this client ${GATEWAY_PROTOCOL_VERSION}.`;
  throw new BrokerError('connectionRefused', versions);
}

function fail(why: BrokerError): never {
  throw why;
}
