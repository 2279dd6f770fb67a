/** From LE Create Connection to a link. Source: Core Specification 5.3, volume 4, part E, section 7.8.12. */
import { stopAdvertising } from './advertising.js';
import { openLink } from './air-link.js';
import type { Controller, Initiating } from './air-state.js';
import { type DeviceAddress, noAddress } from './device-address.js';
import { HciError } from './hci-codes.js';
import { leConnectionComplete } from './hci-events.js';
import { giveEvent } from './host-side.js';
import { acceptKey, isInRange, ownAddress } from './identity.js';
import { intervalMs } from './link-timing.js';

/** Is this advertisement what the controller waits for? */
export function wantsToConnect(central: Controller, advertiser: Controller, from: DeviceAddress): boolean {
  const { initiating } = central;
  if (initiating === undefined || initiating.advertiser !== undefined) return false;
  return isWanted(central, initiating, from) && isWelcome(central, advertiser, initiating);
}

/** The advertiser is heard: on the instant air the link is there, otherwise it takes one interval more. */
export function connectTo(central: Controller, advertiser: Controller): void {
  const { initiating, space } = central;
  if (initiating === undefined) return;
  initiating.advertiser = advertiser;
  advertiser.advertising.isTaken = true;
  if (space.isInstant) {
    establish(central, advertiser, initiating);
  } else {
    const delayMs = intervalMs(initiating.connection);
    initiating.timer = space.clock.setTimeout(() => establish(central, advertiser, initiating), delayMs);
  }
}

/** The host cancels: LE Connection Complete says so. Source: section 7.8.13. */
export function cancelConnecting(central: Controller, initiating: Initiating): void {
  forgetConnecting(central);
  failConnecting(central, initiating, HciError.unknownConnection);
}

/** Without a word to the host, as in a reset. */
export function forgetConnecting(central: Controller): void {
  const { initiating, space } = central;
  if (initiating === undefined) return;
  space.clock.clearTimeout(initiating.timer);
  if (initiating.advertiser !== undefined) initiating.advertiser.advertising.isTaken = false;
  central.initiating = undefined;
}

function isWanted(central: Controller, { peer }: Initiating, from: DeviceAddress): boolean {
  return peer === undefined ? central.acceptList.has(acceptKey(from)) : acceptKey(peer) === acceptKey(from);
}

/** Room for one more link, at most one per pair, and the advertiser's filter policy lets the central in. */
function isWelcome(central: Controller, advertiser: Controller, { ownAddressType }: Initiating): boolean {
  const isListed = advertiser.acceptList.has(acceptKey(ownAddress(central, ownAddressType)));
  const isLinked = [...advertiser.links.values()].some(({ link }) =>
    link.ends.some(({ controller }) => controller === central),
  );
  const hasRoom = advertiser.links.size < advertiser.settings.maxLinks;
  return hasRoom && !isLinked && ((advertiser.advertising.filterPolicy & 2) === 0 || isListed);
}

/** An advertiser that is gone by now never heard of it: the central learns that nothing was established. */
function establish(central: Controller, advertiser: Controller, initiating: Initiating): void {
  forgetConnecting(central);
  if (!isInRange(central, advertiser) || !advertiser.advertising.isOn) {
    failConnecting(central, initiating, HciError.failedToEstablish);
  } else {
    stopAdvertising(advertiser);
    openLink(central, advertiser, initiating);
  }
}

function failConnecting(central: Controller, { peer, connection }: Initiating, status: HciError): void {
  const failure = { status, handle: 0, role: 0, peer: peer ?? noAddress, ...connection };
  giveEvent(central, leConnectionComplete(failure));
}
