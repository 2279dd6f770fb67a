/** Commands that encrypt a connection; the keys are the hosts' business. Source: Core Specification 5.3, volume 4, part E, sections 7.8.24 to 7.8.26. */
import { atNextEvent } from './air-link.js';
import { type LinkEnd, otherEnd, Role } from './air-state.js';
import { type Command, done, immediate, lasting, type Outcome, onLink, refused } from './command.js';
import { HciError, Opcode } from './hci-codes.js';
import { encryptionChange, leLongTermKeyRequest } from './hci-events.js';
import { giveEvent } from './host-side.js';
import { endBoth } from './link-end.js';

/** Where the key of LE Start Encryption begins: after handle, random number and diversifier. */
const KEY_OFFSET = 12;

export const encryptionCommands: readonly Command[] = [
  lasting(Opcode.leStartEncryption, [28, 0], 28, onLink(startEncryption)),
  immediate(Opcode.leLongTermKeyReply, [28, 1], 18, onLink(replyKey)),
  immediate(Opcode.leLongTermKeyNegativeReply, [28, 2], 2, onLink(replyNoKey)),
];

function startEncryption(end: LinkEnd, parameters: Buffer): Outcome {
  if (end.role !== Role.central || end.link.offeredKey !== undefined) return refused(HciError.commandDisallowed);
  const identification = Buffer.from(parameters.subarray(2, KEY_OFFSET));
  end.link.offeredKey = Buffer.from(parameters.subarray(KEY_OFFSET));
  const far = otherEnd(end);
  const ask = (): void => giveEvent(far.controller, leLongTermKeyRequest(far.handle, identification));
  return { ...done, next: () => atNextEvent(end.link, ask) };
}

/** Two different keys: what arrives does not open, and the connection ends. Source: volume 6, part B, section 5.1.3.1. */
function replyKey(end: LinkEnd, parameters: Buffer): Outcome {
  return answerOffer(end, (offeredKey) => {
    if (!offeredKey.equals(parameters.subarray(2))) {
      endBoth(end, HciError.micFailure, HciError.micFailure);
      return;
    }
    for (const { controller, handle } of end.link.ends) giveEvent(controller, encryptionChange(0, handle, true));
  });
}

function replyNoKey(end: LinkEnd): Outcome {
  return answerOffer(end, () => {
    const { controller, handle } = otherEnd(end);
    giveEvent(controller, encryptionChange(HciError.keyMissing, handle, false));
  });
}

function answerOffer(end: LinkEnd, answer: (offeredKey: Buffer) => void): Outcome {
  const { offeredKey } = end.link;
  if (offeredKey === undefined || end.role === Role.central) return refused(HciError.commandDisallowed);
  end.link.offeredKey = undefined;
  return { ...done, next: () => atNextEvent(end.link, () => answer(offeredKey)) };
}
