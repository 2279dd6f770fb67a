/** From a bare link to one whose ends know each other: decides who may be at the other end. */
import type { Hello } from '../protocol/hello.js';
import { LINK_OPEN_TIMEOUT_MS, PEER_PROTOCOL_VERSION } from '../protocol/limits.js';
import { accountProof } from './account.js';
import type { Clock } from './clock.js';
import type { DeviceKeys, PinnedKeys } from './device-keys.js';
import type { FrameLink } from './frame-link.js';
import { openHandOver } from './hand-over.js';
import { HandshakeError } from './handshake-error.js';
import type { Link, LinkEnd } from './transport.js';

/** Who this device is, and what it proves it with. */
export interface DeviceIdentity {
  readonly deviceId: string;
  readonly deviceName: string;
  /** New on every start of the broker. */
  readonly epoch: string;
  /** 32 bytes, see account.ts. */
  readonly accountKey: Uint8Array;
  readonly keys: DeviceKeys;
}

export interface OpenOptions {
  readonly identity: DeviceIdentity;
  /** Shared by all links of a device. */
  readonly pinnedKeys: PinnedKeys;
  readonly clock: Clock;
  /** The device that was dialled; another one at the other end is refused. */
  readonly expectedDeviceId?: string;
  /** Ends the attempt with 'closed-here', or with the end of the HandshakeError that is its reason. */
  readonly signal?: AbortSignal;
}

/** `openFrameLink` rejects with this; the link has ended, and `end` says why. */
export class LinkOpenError extends Error {
  override readonly name = 'LinkOpenError';
  readonly end: LinkEnd;

  constructor(end: LinkEnd, options?: ErrorOptions) {
    const detail = options?.cause instanceof HandshakeError ? `: ${options.cause.message}` : '';
    super(`the link could not be opened (${end})${detail}`, options);
    this.end = end;
  }
}

/** Takes the link over: nobody else may read or write it. Rejects with LinkOpenError, at the latest after LINK_OPEN_TIMEOUT_MS. */
export async function openFrameLink(link: Link, options: OpenOptions): Promise<FrameLink> {
  const { identity, clock, signal } = options;
  const giveUp = (): void => link.close(signal?.reason instanceof HandshakeError ? signal.reason.end : 'closed-here');
  const timer = clock.setTimeout(() => link.close('handshake-timeout'), LINK_OPEN_TIMEOUT_MS);
  signal?.addEventListener('abort', giveUp, { once: true });
  try {
    if (signal?.aborted) throw new HandshakeError('closed-here', 'nobody waits for it any more');
    const { accountKey, keys, ...device } = identity;
    const hello: Hello = { ...device, versions: { min: PEER_PROTOCOL_VERSION, max: PEER_PROTOCOL_VERSION } };
    const admit = (remote: Hello, publicKey: Uint8Array): void => checkRemote(remote, publicKey, options);
    if (link.handOver !== undefined) {
      const proof = accountProof(accountKey);
      return await openHandOver(link, link.handOver, { hello, publicKey: keys.publicKey, proof, admit });
    }
    const { openSealedLink } = await loadSealing();
    return await openSealedLink(link, { hello, accountKey, keys, admit, clock });
  } catch (cause) {
    const end = cause instanceof HandshakeError ? cause.end : 'closed-here';
    link.close(end);
    throw new LinkOpenError(end, { cause });
  } finally {
    clock.clearTimeout(timer);
    signal?.removeEventListener('abort', giveUp);
  }
}

/** The ciphers are a good part of what the whole broker costs to load: who has time loads them before the first link needs them. */
export function loadSealing(): Promise<typeof import('./sealed-link.js')> {
  return import('./sealed-link.js');
}

/** Throws HandshakeError unless the device may be at the other end. Called once the handshake has proved the key. */
function checkRemote(remote: Hello, publicKey: Uint8Array, options: OpenOptions): void {
  const { identity, pinnedKeys, expectedDeviceId = remote.deviceId } = options;
  const { min, max } = remote.versions;
  if (min > PEER_PROTOCOL_VERSION || max < PEER_PROTOCOL_VERSION) {
    const theirs = `${min} to ${max}`;
    throw new HandshakeError(
      'no-common-version',
      `${remote.deviceId} speaks ${theirs}, this is ${PEER_PROTOCOL_VERSION}`,
    );
  }
  if (remote.deviceId !== expectedDeviceId || remote.deviceId === identity.deviceId) {
    const wanted = expectedDeviceId === identity.deviceId ? 'another device' : expectedDeviceId;
    throw new HandshakeError('protocol-violation', `${remote.deviceId} answered for ${wanted}`);
  }
  if (pinnedKeys.check(remote.deviceId, publicKey) === 'changed') {
    throw new HandshakeError('key-changed', `${remote.deviceId} has another key than before`);
  }
}
