/** Dials a device and secures the link, within one timeout. */
import { LINK_OPEN_TIMEOUT_MS } from '../protocol/limits.js';
import type { Clock } from '../transport/clock.js';
import type { PinnedKeys } from '../transport/device-keys.js';
import type { FrameLink } from '../transport/frame-link.js';
import { HandshakeError } from '../transport/handshake-error.js';
import { type DeviceIdentity, LinkOpenError, openFrameLink } from '../transport/open-frame-link.js';
import { DialError, type Link, type Transport } from '../transport/transport.js';

/** What every handshake of this device needs. */
export interface Credentials {
  readonly identity: DeviceIdentity;
  readonly pinnedKeys: PinnedKeys;
  readonly clock: Clock;
}

export interface LinkOpener {
  /** Rejects with DialError or LinkOpenError; `signal` ends the attempt. */
  dial(deviceId: string, signal: AbortSignal): Promise<FrameLink>;
  /** Secures a link that the other side dialled. Rejects with LinkOpenError. */
  answer(link: Link, signal: AbortSignal): Promise<FrameLink>;
}

export function createLinkOpener(transport: Transport, credentials: Credentials): LinkOpener {
  const { clock } = credentials;
  return {
    async dial(deviceId, signal) {
      const controller = new AbortController();
      // A little before the handshake's own limit, for the dial came first: the peer was reached, and did not finish.
      const tooLate = new HandshakeError('handshake-timeout', 'dialling took too long');
      let isAsking = false;
      const timer = clock.setTimeout(() => {
        isAsking = transport.isAsking?.(deviceId) ?? false;
        controller.abort(tooLate);
      }, LINK_OPEN_TIMEOUT_MS);
      const both = AbortSignal.any([signal, controller.signal]);
      const open = async (): Promise<FrameLink> => {
        const link = await transport.dial(deviceId, { signal: both }).catch((error: unknown) => {
          const isLate = error instanceof DialError && error.failure === 'aborted' && !signal.aborted;
          throw isLate ? unanswered(deviceId, isAsking, error) : error;
        });
        return openFrameLink(link, { ...credentials, expectedDeviceId: deviceId, signal: both });
      };
      try {
        return await open().catch((error: unknown) => {
          // Two devices may have the same id: from now on the radio prefers the other one.
          if (error instanceof LinkOpenError && error.end === 'key-changed') return open();
          throw error;
        });
      } finally {
        clock.clearTimeout(timer);
      }
    },
    answer: (link, signal) => openFrameLink(link, { ...credentials, signal }),
  };
}

/** A peripheral that serves another central is silent. */
function unanswered(deviceId: string, isAsking: boolean, cause: Error): DialError {
  const words = isAsking
    ? `${deviceId} was asked for a link and did not open one`
    : `${deviceId} fell silent; it may be connected with another device`;
  return new DialError('unanswered', words, { cause });
}
