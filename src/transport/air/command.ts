/** What a row of the command table is: one HCI command, and how the controller answers it. */
import type { Controller, LinkEnd } from './air-state.js';
import { HciError } from './hci-codes.js';
import { word } from './hci-events.js';

/** Source: Core Specification 5.3, volume 4, part E, sections 7.1 to 7.8. */
export interface Command {
  readonly opcode: number;
  /** Octet and bit in Supported_Commands. Source: section 6.27. */
  readonly supported: readonly [octet: number, bit: number];
  /** Exactly this many bytes, or at least. Anything else is answered with Invalid HCI Command Parameters. */
  readonly parameterBytes: number | { readonly least: number };
  /** Command Complete, or Command Status for what takes a while and ends with an event of its own. */
  readonly answer: 'complete' | 'status';
  run(controller: Controller, parameters: Buffer): Outcome;
}

/** Control procedures that wait on one link; real controllers keep one. */
const MOST_PROCEDURES = 64;

/** Status and what belongs to it. */
export interface Outcome {
  readonly status: HciError;
  /** Return parameters after the status, for Command Complete. */
  readonly values?: Uint8Array;
  /** What follows the answer. */
  readonly next?: () => void;
}

/** Success, and nothing to add. */
export const done: Outcome = { status: HciError.success };

export function refused(status: HciError): Outcome {
  return { status };
}

export function answering(...values: Uint8Array[]): Outcome {
  return { status: HciError.success, values: Buffer.concat(values) };
}

/** A command that is answered at once. */
export function immediate(
  opcode: number,
  supported: Command['supported'],
  parameterBytes: Command['parameterBytes'],
  run: Command['run'],
): Command {
  return { opcode, supported, parameterBytes, answer: 'complete', run };
}

/** A command that takes a while. */
export function lasting(
  opcode: number,
  supported: Command['supported'],
  parameterBytes: number,
  run: Command['run'],
): Command {
  return { opcode, supported, parameterBytes, answer: 'status', run };
}

/**
 * A command that begins with a connection handle, and so do its return parameters. They have their full length in a refusal, too: Linux
 * ignores shorter ones. `valueBytes` is what follows the handle.
 */
export function onLink(run: (end: LinkEnd, parameters: Buffer) => Outcome, valueBytes = 0): Command['run'] {
  return (controller, parameters) => {
    const handle = parameters.readUInt16LE(0);
    const end = controller.links.get(handle);
    const outcome = answerOf(end, parameters, run);
    return { ...outcome, values: Buffer.concat([word(handle), outcome.values ?? Buffer.alloc(valueBytes)]) };
  };
}

function answerOf(
  end: LinkEnd | undefined,
  parameters: Buffer,
  run: (end: LinkEnd, parameters: Buffer) => Outcome,
): Outcome {
  if (end === undefined) return refused(HciError.unknownConnection);
  if (end.link.procedures.length >= MOST_PROCEDURES) return refused(HciError.commandDisallowed);
  return run(end, parameters);
}
