/** Keeps the advertisement of this device fresh: sealed anew on every change, and every HINT_ROTATE_MS, so that strangers cannot follow it. */
import { HINT_ROTATE_MS } from '../../../protocol/limits.js';
import type { Clock } from '../../clock.js';
import type { BleRadio } from '../radio.js';
import { deviceTagOf, sealHint } from './hint.js';
import { sealCard } from './identity-card.js';
import type { OwnPresence } from './own-presence.js';

export interface Announcement {
  /** Shows this presence from now on. */
  show(own: OwnPresence): void;
  /** The device that is asked to dial this one, or nobody. */
  ask(deviceId: string | undefined): void;
  close(): void;
}

/** Does nothing for a radio that cannot advertise. */
export function createAnnouncement(
  radio: Pick<BleRadio, 'hasPeripheral' | 'advertise'>,
  { clock }: { readonly clock: Clock },
): Announcement {
  let own: OwnPresence | undefined;
  let targetId: string | undefined;
  let timer: unknown;

  function renew(): void {
    if (own === undefined || !radio.hasPeripheral) return;
    const { deviceTag, hintKey, cardKey, identity } = own;
    const targetTag = targetId === undefined ? undefined : deviceTagOf(hintKey, targetId);
    radio.advertise({ hint: sealHint(hintKey, { deviceTag, targetTag }), card: sealCard(cardKey, identity) });
    clock.clearTimeout(timer);
    timer = clock.setTimeout(renew, HINT_ROTATE_MS);
  }

  return {
    show(presence) {
      own = presence;
      renew();
    },
    ask(deviceId) {
      if (deviceId === targetId) return;
      targetId = deviceId;
      renew();
    },
    close() {
      own = undefined;
      clock.clearTimeout(timer);
    },
  };
}
