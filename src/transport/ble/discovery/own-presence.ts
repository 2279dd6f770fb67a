/** What this device shows of itself by radio, and the keys that it shares with its account. */
import type { Presence } from '../../transport.js';
import { deviceTagOf, hintKeyOf } from './hint.js';
import { cardKeyOf, type Identity } from './identity-card.js';

export interface OwnPresence {
  readonly accountTag: string;
  readonly identity: Identity;
  readonly deviceTag: string;
  readonly hintKey: Uint8Array;
  readonly cardKey: Uint8Array;
}

export function createOwnPresence({ accountTag, deviceId, deviceName }: Presence): OwnPresence {
  const hintKey = hintKeyOf(accountTag);
  return {
    accountTag,
    identity: { deviceId, deviceName },
    deviceTag: deviceTagOf(hintKey, deviceId),
    hintKey,
    cardKey: cardKeyOf(accountTag),
  };
}
