/** Devices that open links to each other. */
import type { Frame, TextFrame } from '../../src/protocol/frame.js';
import { createAccount, parseAccount } from '../../src/transport/account.js';
import type { Clock } from '../../src/transport/clock.js';
import { createDeviceKeys, createPinnedKeys } from '../../src/transport/device-keys.js';
import type { FrameLink } from '../../src/transport/frame-link.js';
import type { MemoryAirOptions } from '../../src/transport/memory.js';
import {
  type DeviceIdentity,
  LinkOpenError,
  loadSealing,
  type OpenOptions,
  openFrameLink,
} from '../../src/transport/open-frame-link.js';
import { createLinkedPair, type LinkedPair } from './links.js';

// Simulated time does not wait for a module to load.
await loadSealing();

/** The account of every device here that has no other one. */
export const accountKey = parseAccount(createAccount());

export function identityOf(deviceId: string, changes: Partial<DeviceIdentity> = {}): DeviceIdentity {
  return {
    deviceId,
    deviceName: `${deviceId} device`,
    epoch: `epoch of ${deviceId}`,
    accountKey,
    keys: createDeviceKeys(),
    ...changes,
  };
}

export function openOptions(deviceId: string, clock: Clock, changes: Partial<OpenOptions> = {}): OpenOptions {
  return { identity: identityOf(deviceId), pinnedKeys: createPinnedKeys(), clock, ...changes };
}

export interface FramePair extends LinkedPair {
  readonly leftFrames: FrameLink;
  readonly rightFrames: FrameLink;
}

/** Two devices and an open link that the left one dialled. */
export async function openPair(clock: Clock, options: MemoryAirOptions = {}): Promise<FramePair> {
  const pair = await createLinkedPair({ clock, ...options });
  const [leftFrames, rightFrames] = await Promise.all([
    openFrameLink(pair.left, openOptions('left', clock)),
    openFrameLink(pair.right, openOptions('right', clock)),
  ]);
  return { ...pair, leftFrames, rightFrames };
}

/** The error of an attempt that must fail. */
export async function failureOf(opening: Promise<FrameLink>): Promise<LinkOpenError> {
  const outcome = await opening.catch((error: unknown) => error);
  if (outcome instanceof LinkOpenError) return outcome;
  throw new Error('the link was opened, or failed in another way', { cause: outcome });
}

export function textFrame(sequence: number, text = `text ${sequence}`): TextFrame {
  return { type: 'text', session: 100, sequence, acknowledgement: 0, text, bytes: Buffer.byteLength(text) };
}

/** All frames that arrive; the list grows. */
export function framesFrom(link: FrameLink): Frame[] {
  const arrived: Frame[] = [];
  link.frames$.subscribe((frames) => arrived.push(...frames));
  return arrived;
}
