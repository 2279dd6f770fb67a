/** The data length update procedure. Source: Core Specification 5.3, volume 6, part B, section 5.1.9. */
import { type LinkEnd, otherEnd } from './air-state.js';
import { leDataLengthChange } from './hci-events.js';
import { giveEvent } from './host-side.js';

/** One side asks to send longer packets; the other controller answers with all that it can, as common firmware does. */
export function updateDataLength(end: LinkEnd, txBytes: number): void {
  const far = otherEnd(end);
  const most = Math.min(end.controller.settings.dataLengthBytes, far.controller.settings.dataLengthBytes);
  const before = [end.txBytes, far.txBytes];
  end.txBytes = Math.min(txBytes, most);
  far.txBytes = most;
  if (before[0] === end.txBytes && before[1] === far.txBytes) return;
  for (const [one, other] of [[end, far] as const, [far, end] as const]) {
    giveEvent(one.controller, leDataLengthChange(one.handle, { txBytes: one.txBytes, rxBytes: other.txBytes }));
  }
}
