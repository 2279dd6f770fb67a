/** A device that shares the account but has no broker: the test says every frame itself, right or wrong. */
import { onTestFinished } from 'vitest';
import { createLinkOpener } from '../../src/broker/open-link.js';
import type { Frame, OpenFrame } from '../../src/protocol/frame.js';
import { accountTag, parseAccount } from '../../src/transport/account.js';
import { createDeviceKeys, createPinnedKeys } from '../../src/transport/device-keys.js';
import type { FrameLink } from '../../src/transport/frame-link.js';
import { APP, type Device, SERVICE, type Stage } from './fixture.js';
import { createMailbox, type Mailbox } from './mailbox.js';

export interface RawPeer {
  readonly name: string;
  readonly link: FrameLink;
  /** Everything the broker says to it. */
  readonly frames: Mailbox<Frame>;
  say(...frames: readonly Frame[]): void;
}

/** Dials the device and proves that it holds the account. */
export async function createRawPeer({ air, account, clock }: Stage, to: Device, name = 'raw'): Promise<RawPeer> {
  const transport = air.transport(name);
  onTestFinished(() => transport.close());
  const accountKey = parseAccount(account);
  transport.announce({ deviceId: name, deviceName: name, accountTag: accountTag(accountKey) });
  const identity = { deviceId: name, deviceName: name, epoch: 'raw epoch', accountKey, keys: createDeviceKeys() };
  const opener = createLinkOpener(transport, { identity, clock, pinnedKeys: createPinnedKeys() });
  const link = await opener.dial(to.name, new AbortController().signal);
  const frames = createMailbox<Frame>();
  link.frames$.subscribe((batch) => batch.forEach(frames.post));
  return { name, link, frames, say: (...said) => link.write(said) };
}

/** The next frame of a type; what comes before it is passed over. */
export async function nextFrame<Type extends Frame['type']>(
  { frames }: RawPeer,
  type: Type,
): Promise<Extract<Frame, { type: Type }>> {
  for (;;) {
    const frame = await frames.next();
    if (frame.type === type) return frame as Extract<Frame, { type: Type }>; // its type was just compared
  }
}

/** A well-formed request to connect from the raw peer's app number `from`. */
export function openFrame(token: string, changes: Partial<OpenFrame> = {}): OpenFrame {
  const options = {
    needSendData: true,
    needSendStream: false,
    needReceiveStream: false,
    startOptions: 0,
    parameters: {},
  } as const;
  return {
    type: 'open',
    session: 0,
    from: 100,
    token,
    serviceName: SERVICE,
    source: APP,
    sink: APP,
    options,
    ...changes,
  };
}

/** A token that sorts by `rank`: design 3, the smaller token wins. */
export function tokenOf(rank: number): string {
  return rank.toString(16).padStart(32, '0');
}
