/** From a controller to its hosts: in order, one packet per turn of the event loop, as a socket gives them. */
import type { Controller, Delivery } from './air-state.js';
import { HciEvent, PacketType } from './hci-codes.js';
import type { AdapterPower, HciHost } from './hci-port.js';

/** Packets that wait for a host which reads nothing; those after them vanish. Source: ble.md 6.3, the receive buffer of Linux. */
export const UNREAD_PACKETS = 168;

/** These events cannot be masked. Source: Core Specification 5.3, volume 4, part E, section 7.3.1. */
const unmaskable: readonly number[] = [
  HciEvent.commandComplete,
  HciEvent.commandStatus,
  HciEvent.numberOfCompletedPackets,
];

/** Gives an event to the hosts unless its bit in the event masks is off. */
export function giveEvent(controller: Controller, packet: Buffer): void {
  if (!isMasked(controller, packet)) giveToHosts(controller, packet);
}

/** Gives an event or ACL data to the hosts. */
export function giveToHosts(controller: Controller, packet: Uint8Array): void {
  setImmediate(() => {
    controller.space.trace(controller, false, packet);
    deliver(controller, { packet });
  });
}

/** Shows the command of one host to the others. */
export function showCommand(controller: Controller, packet: Uint8Array, sender: HciHost): void {
  if (controller.hosts.size > 1) {
    const copy = Uint8Array.from(packet);
    setImmediate(() => deliver(controller, { packet: copy, sender }));
  }
}

/** Tells the hosts after everything that was given to them before. */
export function tellPower(controller: Controller, power: AdapterPower): void {
  const hosts = [...controller.hosts];
  setImmediate(() => {
    for (const host of hosts) host.powerChanged?.(power);
  });
}

/** Lets the hosts read again, or not: see UNREAD_PACKETS. */
export function setStalled(controller: Controller, isStalled: boolean): void {
  controller.isStalled = isStalled;
  if (isStalled) return;
  const waiting = controller.waiting;
  controller.waiting = [];
  for (const delivery of waiting) setImmediate(() => deliver(controller, delivery));
}

function isMasked({ eventMask, leEventMask }: Controller, packet: Buffer): boolean {
  const code = packet.readUInt8(1);
  if (unmaskable.includes(code)) return false;
  return !hasBit(eventMask, code - 1) || (code === HciEvent.leMeta && !hasBit(leEventMask, packet.readUInt8(3) - 1));
}

function hasBit(mask: Buffer, bit: number): boolean {
  return ((mask[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0;
}

function deliver(controller: Controller, delivery: Delivery): void {
  if (!controller.isStalled) {
    handOver(controller, delivery);
  } else if (controller.waiting.length < UNREAD_PACKETS) {
    controller.waiting.push(delivery);
  } else {
    controller.counts.unread += 1;
  }
}

/** The bytes are the host's to keep and to change, so each gets its own. */
function handOver({ hosts }: Controller, { packet, sender }: Delivery): void {
  const isCommand = packet[0] === PacketType.command;
  const receivers = [...hosts].filter((host) => host !== sender);
  for (const [index, host] of receivers.entries()) {
    if (!hosts.has(host)) continue;
    const bytes = index === receivers.length - 1 ? packet : Uint8Array.from(packet);
    if (isCommand) host.sawCommand?.(bytes);
    else host.receive(bytes);
  }
}
