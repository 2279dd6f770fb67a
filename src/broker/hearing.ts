/** What is heard of other devices, as news for their peers: back in range, asking to be dialled, radio switched off. */
import { LINK_OPEN_TIMEOUT_MS, MAX_KNOWN_DEVICES, RESUME_WINDOW_MS } from '../protocol/limits.js';
import type { Clock } from '../transport/clock.js';
import type { Sighting } from '../transport/transport.js';

export interface Hearing {
  /** Takes all devices of this account that are in range now, and tells what is new since the last time. */
  see(sightings: readonly Sighting[]): void;
  /**
   * Whether the device asks to be dialled. It cannot say so while it is connected, so a wish lasts a little longer than it is heard: as
   * long as opening a link may take. Otherwise each attempt would end by its own success, and the next one begin without a pause.
   */
  isInviting(deviceId: string): boolean;
  /** Also of a device that is out of range by now; undefined: never, as far as is remembered. */
  lastHeard(deviceId: string): LastHeard | undefined;
  /** The device said that its radio is switched off. */
  noteRadioOff(deviceId: string): void;
  /** There is a secured link to the device: it has what it asked for. */
  noteLink(deviceId: string): void;
  /** Whether its radio is off, as far as is known: until it is heard again, and not for longer than a session would wait for it. */
  isRadioOff(deviceId: string): boolean;
  close(): void;
}

export interface LastHeard {
  readonly deviceName: string;
  readonly agoMs: number;
  readonly rssi?: number;
}

export interface HearingOptions {
  readonly clock: Clock;
  /** The device is in range, and was not before. */
  readonly onBack: (deviceId: string) => void;
  /** The device begins to ask for a link. Once: whoever cannot be dialled is not dialled again for the same wish. */
  readonly onInvitation: (deviceId: string) => void;
  readonly onInvitationOver: (deviceId: string) => void;
}

export function createHearing({ clock, onBack, onInvitation, onInvitationOver }: HearingOptions): Hearing {
  /** When each device said so. */
  const radioOff = new Map<string, number>();
  /** With the timer that ends the wish, where it is not heard any more. */
  const inviting = new Map<string, unknown>();
  const heard = new Map<string, Sighting & { readonly heardMs: number }>();
  let present: ReadonlySet<string> = new Set();

  function see(sightings: readonly Sighting[]): void {
    for (const sighting of sightings) remember(sighting);
    const before = present;
    present = new Set(sightings.map(({ deviceId }) => deviceId));
    for (const { deviceId, lastSeenMs = Number.NEGATIVE_INFINITY } of sightings) {
      const isBack = !before.has(deviceId);
      if (isBack || lastSeenMs > (radioOff.get(deviceId) ?? 0)) radioOff.delete(deviceId);
      if (isBack) onBack(deviceId);
    }
    const wishes = new Set(sightings.filter(({ wantsLink }) => wantsLink === true).map(({ deviceId }) => deviceId));
    for (const deviceId of wishes) {
      const isNew = !inviting.has(deviceId);
      clock.clearTimeout(inviting.get(deviceId));
      inviting.set(deviceId, undefined);
      if (isNew) onInvitation(deviceId);
    }
    for (const [deviceId, timer] of inviting) {
      if (wishes.has(deviceId) || timer !== undefined) continue;
      inviting.set(
        deviceId,
        clock.setTimeout(() => endWish(deviceId), LINK_OPEN_TIMEOUT_MS),
      );
    }
  }

  /** The one not heard for longest is forgotten first. */
  function remember(sighting: Sighting): void {
    heard.delete(sighting.deviceId);
    heard.set(sighting.deviceId, { ...sighting, heardMs: sighting.lastSeenMs ?? clock.now() });
    const [oldest] = heard.keys();
    if (heard.size > MAX_KNOWN_DEVICES && oldest !== undefined) heard.delete(oldest);
  }

  /** Where the radio does not say when it heard a device, one in range is heard now. */
  function lastHeard(deviceId: string): LastHeard | undefined {
    const last = heard.get(deviceId);
    if (last === undefined) return undefined;
    const { deviceName, rssi, lastSeenMs, heardMs } = last;
    const isHeardNow = lastSeenMs === undefined && present.has(deviceId);
    const agoMs = isHeardNow ? 0 : clock.now() - heardMs;
    return { deviceName, agoMs, ...(rssi !== undefined && { rssi }) };
  }

  function endWish(deviceId: string): void {
    inviting.delete(deviceId);
    onInvitationOver(deviceId);
  }

  return {
    see,
    lastHeard,
    isInviting: (deviceId) => inviting.has(deviceId),
    noteRadioOff: (deviceId) => void radioOff.set(deviceId, clock.now()),
    noteLink(deviceId) {
      radioOff.delete(deviceId);
      clock.clearTimeout(inviting.get(deviceId));
      inviting.delete(deviceId);
    },
    close() {
      for (const timer of inviting.values()) clock.clearTimeout(timer);
    },
    isRadioOff(deviceId) {
      const saidMs = radioOff.get(deviceId);
      if (saidMs === undefined) return false;
      if (clock.now() - saidMs < RESUME_WINDOW_MS) return true;
      radioOff.delete(deviceId);
      return false;
    },
  };
}
