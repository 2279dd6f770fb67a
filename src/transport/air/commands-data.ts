/** Commands for the length and speed of link-layer packets. Source: Core Specification 5.3, volume 4, part E, sections 7.8.33 to 7.8.35 and 7.8.46 to 7.8.49. */
import { atNextEvent, SHORTEST_DATA_BYTES } from './air-link.js';
import { type Controller, type LinkEnd, otherEnd } from './air-state.js';
import { answering, type Command, done, immediate, lasting, type Outcome, onLink, refused } from './command.js';
import { updateDataLength } from './data-length.js';
import { HciError, Opcode } from './hci-codes.js';
import { airTimeUs, lePhyUpdateComplete, word } from './hci-events.js';
import { giveEvent } from './host-side.js';

const LONGEST_DATA_BYTES = 251;
const airTime = { leastUs: 0x0148, mostUs: 0x4290 };
const PHY_1M = 1;
const PHY_2M = 2;
/** A host that has no preference gets this one. */
const ANY_PHY = 0x03;

export const dataCommands: readonly Command[] = [
  immediate(Opcode.leSetDataLength, [33, 6], 6, onLink(setDataLength)),
  immediate(Opcode.leReadSuggestedDataLength, [33, 7], 0, ({ suggestedDataBytes }) =>
    answering(word(suggestedDataBytes), word(airTimeUs(suggestedDataBytes))),
  ),
  immediate(Opcode.leWriteSuggestedDataLength, [34, 0], 4, suggestDataLength),
  immediate(Opcode.leReadMaximumDataLength, [35, 3], 0, ({ settings: { dataLengthBytes } }) => {
    const oneWay = Buffer.concat([word(dataLengthBytes), word(airTimeUs(dataLengthBytes))]);
    return answering(oneWay, oneWay);
  }),
  immediate(
    Opcode.leReadPhy,
    [35, 4],
    2,
    onLink((end) => answering(Uint8Array.of(end.txPhy, otherEnd(end).txPhy)), 2),
  ),
  immediate(Opcode.leSetDefaultPhy, [35, 5], 3, () => done),
  lasting(Opcode.leSetPhy, [35, 6], 7, onLink(setPhy)),
];

function setDataLength(end: LinkEnd, parameters: Buffer): Outcome {
  const txBytes = parameters.readUInt16LE(2);
  if (!isDataLength(txBytes, parameters.readUInt16LE(4))) return refused(HciError.invalidParameters);
  return { ...done, next: () => atNextEvent(end.link, () => updateDataLength(end, txBytes)) };
}

function suggestDataLength(controller: Controller, parameters: Buffer): Outcome {
  const txBytes = parameters.readUInt16LE(0);
  if (!isDataLength(txBytes, parameters.readUInt16LE(2))) return refused(HciError.invalidParameters);
  controller.suggestedDataBytes = Math.min(txBytes, controller.settings.dataLengthBytes);
  return done;
}

function isDataLength(bytes: number, timeUs: number): boolean {
  const isLength = bytes >= SHORTEST_DATA_BYTES && bytes <= LONGEST_DATA_BYTES;
  return isLength && timeUs >= airTime.leastUs && timeUs <= airTime.mostUs;
}

/** LE 2M where the host allows it, else LE 1M; how much fits into a connection event is not recalculated. */
function setPhy(end: LinkEnd, parameters: Buffer): Outcome {
  const allPhys = parameters.readUInt8(2);
  const tx = (allPhys & 1) === 1 ? ANY_PHY : parameters.readUInt8(3);
  const rx = (allPhys & 2) === 2 ? ANY_PHY : parameters.readUInt8(4);
  if ((tx & ANY_PHY) === 0 || (rx & ANY_PHY) === 0) return refused(HciError.unsupportedFeature);
  const update = (): void => {
    const far = otherEnd(end);
    end.txPhy = fastest(tx);
    far.txPhy = fastest(rx);
    for (const [one, other] of [[end, far] as const, [far, end] as const]) {
      giveEvent(one.controller, lePhyUpdateComplete(one.handle, one.txPhy, other.txPhy));
    }
  };
  return { ...done, next: () => atNextEvent(end.link, update) };
}

function fastest(allowed: number): number {
  return (allowed & 2) === 2 ? PHY_2M : PHY_1M;
}
