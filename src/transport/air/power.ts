/** Adapters that are switched off and on, pulled out and plugged in. */

import { isSilent } from './air-link.js';
import type { Controller, LinkEnd } from './air-state.js';
import { bringUp, resetController } from './controller.js';
import { HciError } from './hci-codes.js';
import { setStalled, tellPower } from './host-side.js';
import { endBoth, endHere, superviseLink } from './link-end.js';

/** As an operating system does it: it ends every connection, with a reason for the peers, and brings up afresh. */
export function setPower(controller: Controller, isOn: boolean): void {
  if (controller.power === 'gone' || isOn === (controller.power === 'on')) return;
  if (isOn) {
    bringUp(controller);
  } else {
    for (const end of [...controller.links.values()]) {
      switchOff(end);
    }
    resetController(controller);
  }
  controller.power = isOn ? 'on' : 'off';
  tellPower(controller, controller.power);
}

/** Nothing leaves the adapter any more, in either direction. */
export function pull(controller: Controller): void {
  if (controller.power === 'gone') return;
  resetController(controller);
  controller.power = 'gone';
  tellPower(controller, 'gone');
  controller.hosts.clear();
  controller.waiting = [];
  setStalled(controller, false);
}

/** Back in, as after a reset. */
export function plug(controller: Controller): void {
  if (controller.power !== 'gone') return;
  bringUp(controller);
  controller.power = 'on';
}

/** Two controllers begin to hear each other, or cease to. */
export function setInRange(one: Controller, other: Controller, isInRange: boolean): void {
  for (const [near, far] of [[one, other] as const, [other, one] as const]) {
    if (isInRange) near.outOfRange.delete(far);
    else near.outOfRange.add(far);
  }
  for (const { link } of [...one.links.values(), ...other.links.values()]) superviseLink(link);
}

/** Out of range, the peer does not hear of it and waits for its supervision timeout. */
function switchOff(end: LinkEnd): void {
  if (isSilent(end.link)) {
    endHere(end, HciError.localHostEnded);
    superviseLink(end.link);
  } else {
    endBoth(end, HciError.localHostEnded, HciError.remotePowerOff);
  }
}
