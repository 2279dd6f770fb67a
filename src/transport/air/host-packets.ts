/** What a controller does with the packets of its hosts. */
import { sendData } from './air-link.js';
import type { Controller } from './air-state.js';
import { answering, type Command, immediate, refused } from './command.js';
import { dataCommands } from './commands-data.js';
import { discoveryCommands } from './commands-discovery.js';
import { encryptionCommands } from './commands-encryption.js';
import { linkCommands } from './commands-link.js';
import { setupCommands } from './commands-setup.js';
import { ACL_HEADER_BYTES, COMMAND_HEADER_BYTES, HANDLE_MASK, HciError, Opcode, PacketType } from './hci-codes.js';
import { commandComplete, commandStatus } from './hci-events.js';
import type { HciHost } from './hci-port.js';
import { giveEvent, showCommand } from './host-side.js';

/** Source: Core Specification 5.3, volume 4, part E, section 6.27. */
const SUPPORTED_COMMANDS_BYTES = 64;
/** Unknown commands that are remembered; a host may send as many as it likes. */
const MOST_UNKNOWN = 1_000;

const listed: readonly Command[] = [
  ...setupCommands,
  ...discoveryCommands,
  ...linkCommands,
  ...dataCommands,
  ...encryptionCommands,
  immediate(Opcode.readSupportedCommands, [14, 4], 0, () => answering(supportedCommands())),
];

const commands: ReadonlyMap<number, Command> = new Map(listed.map((command) => [command.opcode, command]));

/** Takes one H4 packet from a host. What is no whole packet is ignored. */
export function takePacket(controller: Controller, packet: Uint8Array, host: HciHost): void {
  if (controller.power !== 'on') return;
  const bytes = Buffer.from(packet.buffer, packet.byteOffset, packet.byteLength);
  controller.space.trace(controller, true, bytes);
  if (isCommand(bytes)) {
    showCommand(controller, bytes, host);
    takeCommand(controller, bytes.readUInt16LE(1), bytes.subarray(COMMAND_HEADER_BYTES));
  } else if (isAclData(bytes)) {
    takeData(controller, bytes);
  }
}

function isCommand(bytes: Buffer): boolean {
  return bytes[0] === PacketType.command && bytes.length === COMMAND_HEADER_BYTES + (bytes[3] ?? 0);
}

function isAclData(bytes: Buffer): boolean {
  const isWhole = bytes.length > ACL_HEADER_BYTES && bytes.length === ACL_HEADER_BYTES + bytes.readUInt16LE(3);
  return bytes[0] === PacketType.acl && isWhole;
}

/** An unknown command is refused with Command Status. Source: section 4.5. */
function takeCommand(controller: Controller, opcode: number, parameters: Buffer): void {
  const command = commands.get(opcode);
  if (command === undefined) {
    const { unknownCommands } = controller.counts;
    if (unknownCommands.length < MOST_UNKNOWN) unknownCommands.push(opcode);
    giveEvent(controller, commandStatus(opcode, HciError.unknownCommand));
    return;
  }
  const { status, values, next } = isLong(command, parameters)
    ? command.run(controller, parameters)
    : refused(HciError.invalidParameters);
  const answer =
    command.answer === 'status'
      ? commandStatus(opcode, status)
      : commandComplete(opcode, Buffer.concat([Uint8Array.of(status), values ?? Buffer.alloc(0)]));
  giveEvent(controller, answer);
  next?.();
}

function isLong({ parameterBytes }: Command, { length }: Buffer): boolean {
  return typeof parameterBytes === 'number' ? length === parameterBytes : length >= parameterBytes.least;
}

/** More than the buffers hold is counted and carried all the same: a test can ask for it, and nothing is lost by surprise. */
function takeData(controller: Controller, bytes: Buffer): void {
  const { counts, links, settings } = controller;
  const end = links.get(bytes.readUInt16LE(1) & HANDLE_MASK);
  if (end === undefined) {
    counts.staleData += 1;
    return;
  }
  controller.bufferedPackets += 1;
  const isTooLong = bytes.length - ACL_HEADER_BYTES > settings.aclBytes;
  if (isTooLong || controller.bufferedPackets > settings.aclPackets) counts.overflows += 1;
  sendData(end, Buffer.from(bytes));
}

function supportedCommands(): Buffer {
  const octets = Buffer.alloc(SUPPORTED_COMMANDS_BYTES);
  for (const { supported } of listed) {
    const [octet, bit] = supported;
    octets.writeUInt8(octets.readUInt8(octet) | (1 << bit), octet);
  }
  return octets;
}
