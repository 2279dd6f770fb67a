/** The Bluetooth LE transport: who is in range, and links to them, over whatever drives the radio. */
import { ReplaySubject } from 'rxjs';
import { GONE_AFTER_MS } from '../../protocol/limits.js';
import { type Clock, systemClock } from '../clock.js';
import type { Presence, Transport } from '../transport.js';
import { createAnnouncement } from './discovery/announcement.js';
import { createDialler } from './discovery/dialler.js';
import { createDiscovery } from './discovery/discovery.js';
import { createOwnPresence } from './discovery/own-presence.js';
import { createWants } from './discovery/wants.js';
import type { BleRadio } from './radio.js';

export interface BleTransportOptions {
  /** Of real, monotonic time if left out. */
  readonly clock?: Clock;
  /** Lines for whoever runs the program. */
  readonly log?: (line: string) => void;
  /** How long a device is in range without being heard. Default: GONE_AFTER_MS. */
  readonly goneAfterMs?: number;
}

/**
 * Takes the radio over. A central dials; a peripheral is dialled, and asks for that in its advertisement: its `dial` never resolves, the
 * link comes by `incoming$`. `announce` throws RangeError for an id or a name that is too long.
 */
export function createBleTransport(radio: BleRadio, options: BleTransportOptions = {}): Transport {
  const { clock = systemClock, log = () => {}, goneAfterMs = GONE_AFTER_MS } = options;
  const discovery = createDiscovery(radio, { clock, log, goneAfterMs });
  const announcement = createAnnouncement(radio, { clock });
  const wants = createWants({ clock, onTurn: announcement.ask });
  const closed = new ReplaySubject<void>(1);
  const dial = createDialler({ radio, discovery, wants, clock, closed$: closed.asObservable() });
  let closing: Promise<void> | undefined;

  function announce(presence: Presence): void {
    if (closing !== undefined) return;
    const own = createOwnPresence(presence);
    announcement.show(own);
    discovery.show(own);
  }

  function close(): Promise<void> {
    closed.next();
    closed.complete();
    wants.close();
    announcement.close();
    discovery.close();
    return radio.close();
  }

  return {
    radio$: radio.state$,
    sightings$: discovery.sightings$,
    incoming$: radio.incoming$,
    announce,
    dial,
    isAsking: wants.has,
    holdsOneLink: !radio.hasCentral,
    close() {
      closing ??= close();
      return closing;
    },
  };
}
