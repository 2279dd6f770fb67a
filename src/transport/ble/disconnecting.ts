/** How the controller is told to end a connection, and what its reasons for an end mean. Source: Core Specification 5.3, volume 1, part F, section 2. */
import type { LinkEnd } from '../transport.js';

/** HCI error codes that say why a connection ends. */
export const DisconnectCode = {
  remoteUserEnded: 0x13,
  remoteLowResources: 0x14,
  remotePowerOff: 0x15,
  localHostEnded: 0x16,
} as const;

/** For a connection whose end was not asked for here: then a host of this machine that ended it had its radio switched off. */
export function linkEndFor(reason: number): LinkEnd {
  switch (reason) {
    case DisconnectCode.remoteUserEnded:
    case DisconnectCode.remoteLowResources:
      return 'closed-there';
    case DisconnectCode.remotePowerOff:
      return 'peer-radio-off';
    case DisconnectCode.localHostEnded:
      return 'radio-off';
    default:
      return 'lost';
  }
}

/** HCI Disconnect as an H4 packet; the other side is told `reason`. Source: volume 4, part E, section 7.1.6. */
export function disconnectCommand(handle: number, reason: number): Buffer {
  return Buffer.from([0x01, 0x06, 0x04, 3, handle & 0xff, handle >> 8, reason]);
}
