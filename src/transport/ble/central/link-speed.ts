/** Asks the controller for longer and faster packets; neither noble nor bleno does. One that refuses answers with an error, which noble does not read. */
import type { HciWatch } from '../hci-watch.js';

/** Payload and time of the longest link-layer packet. Source: Core Specification, volume 6, part B, section 4.5.10. */
const DATA_LENGTH = { bytes: 251, timeUs: 2_120 };
/** LE 2M, both ways, if the peer has it. Source: Core Specification, volume 4, part E, section 7.8.49. */
const PREFERRED_PHYS = 0x02;

export function askForSpeed(watch: HciWatch, handle: number): void {
  const { bytes, timeUs } = DATA_LENGTH;
  // LE Set Data Length and LE Set PHY. Source: Core Specification, volume 4, part E, sections 7.8.33 and 7.8.49.
  watch.command(command(0x2022, [...word(handle), ...word(bytes), ...word(timeUs)]));
  watch.command(command(0x2032, [...word(handle), 0, PREFERRED_PHYS, PREFERRED_PHYS, ...word(0)]));
}

/** An H4 packet. */
function command(opcode: number, parameters: readonly number[]): Uint8Array {
  return Uint8Array.of(0x01, ...word(opcode), parameters.length, ...parameters);
}

function word(value: number): readonly [number, number] {
  return [value & 0xff, value >> 8];
}
