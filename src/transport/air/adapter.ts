/** One virtual controller as tests and programs hold it. */
import type { Controller, ControllerSettings } from './air-state.js';
import { parseAddress } from './device-address.js';
import type { AdapterPower, HciHost, HciPort } from './hci-port.js';
import { takePacket } from './host-packets.js';
import { setStalled } from './host-side.js';
import { plug, pull, setPower } from './power.js';

export interface AdapterOptions {
  /** Twelve hexadecimal digits in pairs; made from the number of adapters if left out. */
  readonly address?: string;
  /** For traces and messages; the address if left out. */
  readonly name?: string;
  /** LE ACL buffers: longest packet in bytes, and how many. Default: 251 and 8. */
  readonly aclBytes?: number;
  readonly aclPackets?: number;
  /** Longest link-layer payload it agrees to when asked (LE Set Data Length), 27 to 251 bytes. Default: 251. */
  readonly dataLengthBytes?: number;
  /** Default: 16. */
  readonly maxLinks?: number;
}

/** One virtual controller. */
export interface Adapter {
  readonly address: string;
  readonly name: string;
  readonly power: AdapterPower;
  /** Several hosts at one adapter each get every event, as raw sockets of Linux do. Throws Error while the adapter is gone. */
  attach(host: HciHost): HciPort;
  /** Off as an operating system does it: peers are told (0x15), links end, advertising and scanning stop. */
  setPower(isOn: boolean): void;
  /** Pulled out without a word: peers notice after the supervision timeout (0x08). */
  pull(): void;
  /** Back in, powered on, as after a reset; hosts have to attach again. */
  plug(): void;
  /** Its hosts read nothing: packets wait, and vanish without a word once the receive buffer of Linux would be full. */
  setStalled(isStalled: boolean): void;
  readonly counts: AdapterCounts;
}

/** What a test asks an adapter afterwards. */
export interface AdapterCounts {
  /** ACL packets from hosts beyond the buffers the controller has: a host that does not count. They are carried all the same. */
  readonly overflows: number;
  /** ACL packets for links that are not there. */
  readonly staleData: number;
  /** Packets that vanished because the host did not read. */
  readonly unread: number;
  readonly unknownCommands: readonly number[];
  readonly links: number;
  /** Bytes that hosts handed to ATT as values of write commands and notifications. */
  readonly attBytes: number;
  /** Bytes of every ATT packet from hosts, with opcodes and handles. */
  readonly attPduBytes: number;
}

export function createAdapter(controller: Controller): Adapter {
  const { settings, counts } = controller;
  return {
    address: settings.address,
    name: settings.name,
    get power() {
      return controller.power;
    },
    attach: (host) => attach(controller, host),
    setPower: (isOn) => setPower(controller, isOn),
    pull: () => pull(controller),
    plug: () => plug(controller),
    setStalled: (isStalled) => setStalled(controller, isStalled),
    get counts() {
      return { ...counts, unknownCommands: [...counts.unknownCommands], links: controller.links.size };
    },
  };
}

/** Throws RangeError for what no controller can have, or another one has already. */
export function settingsOf(options: AdapterOptions = {}, others: readonly Controller[]): ControllerSettings {
  const { aclBytes = 251, aclPackets = 8, dataLengthBytes = 251, maxLinks = 16 } = options;
  const address = options.address === undefined ? addressFor(others.length + 1) : parseAddress(options.address);
  const { name = address } = options;
  if (others.some(({ settings }) => settings.address === address || settings.name === name)) {
    throw new RangeError(`there is an adapter ${name} (${address}) already`);
  }
  checkWithin('aclBytes', aclBytes, 27, 0xffff);
  checkWithin('aclPackets', aclPackets, 1, 0xff);
  checkWithin('dataLengthBytes', dataLengthBytes, 27, 251);
  checkWithin('maxLinks', maxLinks, 1, 0xff);
  return { address, name, aclBytes, aclPackets, dataLengthBytes, maxLinks };
}

function addressFor(number: number): string {
  const [, high = '', low = ''] = /^(..)(..)$/.exec(number.toString(16).padStart(4, '0')) ?? [];
  return `c0:de:00:00:${high}:${low}`;
}

function checkWithin(what: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`${what} is ${value}, not a whole number from ${least} to ${most}`);
  }
}

function attach(controller: Controller, host: HciHost): HciPort {
  if (controller.power === 'gone') throw new Error(`the adapter ${controller.settings.name} is gone`);
  const { hosts } = controller;
  // A place of its own: a host may come back to the adapter, or have two.
  const place: HciHost = {
    receive: (packet) => host.receive(packet),
    sawCommand: (packet) => host.sawCommand?.(packet),
    powerChanged: (power) => host.powerChanged?.(power),
  };
  hosts.add(place);
  return {
    write: (packet) => {
      if (hosts.has(place)) takePacket(controller, packet, place);
    },
    close: () => void hosts.delete(place),
  };
}
