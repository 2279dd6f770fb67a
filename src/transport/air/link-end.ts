/** How connections end: by a host, by power, or because nothing is heard. Source: Core Specification 5.3, volume 6, part B, sections 4.5.2 and 5.1.6. */
import { atNextEvent, isSilent, kick } from './air-link.js';
import { type AirLink, type LinkEnd, otherEnd } from './air-state.js';
import { HciError } from './hci-codes.js';
import { disconnectionComplete } from './hci-events.js';
import { giveEvent } from './host-side.js';
import { supervisionMs } from './link-timing.js';

/** A host hangs up: the other one is told why. */
export function hangUp(end: LinkEnd, reason: number): void {
  end.disconnectReason = reason;
  atNextEvent(end.link, () => endBoth(end, HciError.localHostEnded, reason));
}

/** Ends a link at once on both sides, as far as they are up. */
export function endBoth(end: LinkEnd, reasonHere: number, reasonThere: number): void {
  endHere(end, reasonHere);
  endHere(otherEnd(end), reasonThere);
}

/** One side ends; without a reason its host is not told. */
export function endHere(end: LinkEnd, reason?: number): void {
  if (!end.isUp) return;
  end.isUp = false;
  const { controller, handle, link } = end;
  controller.links.delete(handle);
  controller.bufferedPackets -= end.queue.length;
  end.queue = [];
  for (const timer of end.arriving) link.space.clock.clearTimeout(timer);
  if (!otherEnd(end).isUp) stopTimers(link);
  if (reason !== undefined) giveEvent(controller, disconnectionComplete(handle, reason));
}

/** To be called whenever the ends may have come into range or gone out of it. */
export function superviseLink(link: AirLink): void {
  const { clock } = link.space;
  if (!isSilent(link)) {
    clock.clearTimeout(link.supervisionTimer);
    link.supervisionTimer = undefined;
    kick(link);
  } else if (link.supervisionTimer === undefined && link.ends.some(({ isUp }) => isUp)) {
    link.supervisionTimer = clock.setTimeout(() => giveUp(link), supervisionMs(link.connection));
  }
}

/** Whoever wanted the end anyway has it now. */
function giveUp(link: AirLink): void {
  for (const end of link.ends) {
    const isWanted = end.disconnectReason !== undefined;
    endHere(end, isWanted ? HciError.localHostEnded : HciError.connectionTimeout);
  }
}

function stopTimers({ space: { clock }, eventTimer, supervisionTimer }: AirLink): void {
  clock.clearTimeout(eventTimer);
  clock.clearTimeout(supervisionTimer);
}
