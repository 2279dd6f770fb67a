/** Commands that bring a controller up and ask what it can. Source: Core Specification 5.3, volume 4, part E, sections 7.3, 7.4 and 7.8. */
import { randomBytes } from 'node:crypto';
import type { Controller } from './air-state.js';
import { answering, type Command, done, immediate, type Outcome, refused } from './command.js';
import { resetController } from './controller.js';
import { addressBytes, readPlainAddress } from './device-address.js';
import { HciError, Opcode } from './hci-codes.js';
import { word } from './hci-events.js';
import { companyAndVersion, lmpFeatures, localFeatures } from './identity.js';

/** Every combination of roles that was defined when bit 41 was the last. Source: section 7.8.27. */
const ALL_STATES = Buffer.from('ffffffffff030000', 'hex');
const ADVERTISING_POWER_DBM = 0;
const RANDOM_BYTES = 8;

export const setupCommands: readonly Command[] = [
  immediate(Opcode.setEventMask, [5, 6], 8, (controller, parameters) => {
    controller.eventMask = Buffer.from(parameters);
    return done;
  }),
  immediate(Opcode.reset, [5, 7], 0, (controller) => {
    resetController(controller);
    return done;
  }),
  // The remaining four are for BR/EDR, which is not there; the kernel sends them all the same.
  immediate(Opcode.setEventFilter, [6, 0], { least: 1 }, () => done),
  immediate(Opcode.writeLocalName, [7, 0], 248, () => done),
  immediate(Opcode.setEventMaskPage2, [22, 2], 8, () => done),
  immediate(Opcode.writeLeHostSupport, [24, 6], 2, () => done),
  immediate(Opcode.readLeHostSupport, [24, 5], 0, () => answering(Uint8Array.of(1, 0))),
  immediate(Opcode.readLocalVersion, [14, 3], 0, () => {
    const [version = 0, ...rest] = companyAndVersion;
    return answering(Uint8Array.of(version, 0, 0, version, ...rest));
  }),
  immediate(Opcode.readSupportedFeatures, [14, 5], 0, () => answering(lmpFeatures)),
  immediate(Opcode.readAddress, [15, 1], 0, ({ settings }) => answering(addressBytes(settings.address))),
  immediate(Opcode.readBufferSize, [14, 7], 0, ({ settings: { aclBytes, aclPackets } }) =>
    // Nothing for synchronous data.
    answering(word(aclBytes), Uint8Array.of(0), word(aclPackets), word(0)),
  ),
  immediate(Opcode.leSetEventMask, [25, 0], 8, (controller, parameters) => {
    controller.leEventMask = Buffer.from(parameters);
    return done;
  }),
  immediate(Opcode.leReadBufferSize, [25, 1], 0, ({ settings: { aclBytes, aclPackets } }) =>
    answering(word(aclBytes), Uint8Array.of(aclPackets)),
  ),
  immediate(Opcode.leReadLocalFeatures, [25, 2], 0, () => answering(localFeatures)),
  immediate(Opcode.leSetRandomAddress, [25, 4], 6, setRandomAddress),
  immediate(Opcode.leReadAdvertisingPower, [25, 6], 0, () => answering(Uint8Array.of(ADVERTISING_POWER_DBM))),
  immediate(Opcode.leReadSupportedStates, [28, 3], 0, () => answering(ALL_STATES)),
  immediate(Opcode.leRand, [27, 7], 0, () => answering(randomBytes(RANDOM_BYTES))),
];

/** Not while others may know it. Source: section 7.8.4. */
function setRandomAddress(controller: Controller, parameters: Buffer): Outcome {
  const { advertising, scanning, initiating } = controller;
  if (advertising.isOn || scanning.isOn || initiating !== undefined) return refused(HciError.commandDisallowed);
  controller.randomAddress = { type: 1, address: readPlainAddress(parameters, 0) };
  return done;
}
