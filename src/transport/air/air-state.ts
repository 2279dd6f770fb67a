/** What the air knows: controllers, the links between them, and what each of them is doing. */
import type { Clock } from '../clock.js';
import type { DeviceAddress } from './device-address.js';
import type { ConnectionParameters } from './hci-events.js';
import type { AdapterPower, HciHost } from './hci-port.js';

/** What all controllers of one air share. */
export interface Space {
  readonly clock: Clock;
  /** True: everything as soon as the event loop turns; only supervision and advertising use the clock. */
  readonly isInstant: boolean;
  /** Link-layer packets per connection event and direction. */
  readonly packetsPerEvent: number;
  readonly controllers: Controller[];
  /** What becomes of the next L2CAP packet above the link layer. */
  fate(isUnacknowledged: boolean): { readonly isLost: boolean; readonly delayMs: number };
  trace(controller: Controller, isFromHost: boolean, packet: Uint8Array): void;
}

export interface ControllerSettings {
  readonly address: string;
  readonly name: string;
  readonly aclBytes: number;
  readonly aclPackets: number;
  readonly dataLengthBytes: number;
  readonly maxLinks: number;
}

export interface Controller {
  readonly space: Space;
  readonly settings: ControllerSettings;
  power: AdapterPower;
  readonly hosts: Set<HciHost>;
  isStalled: boolean;
  /** What the hosts do not read while they are stalled. */
  waiting: Delivery[];
  eventMask: Buffer;
  leEventMask: Buffer;
  randomAddress: DeviceAddress;
  /** Addresses as `acceptKey` writes them. */
  readonly acceptList: Set<string>;
  readonly advertising: Advertising;
  readonly scanning: Scanning;
  initiating: Initiating | undefined;
  /** Suggested default of the largest link-layer payload, in bytes. */
  suggestedDataBytes: number;
  readonly links: Map<number, LinkEnd>;
  lastHandle: number;
  /** ACL packets of the host that wait in the controller, over all links. */
  bufferedPackets: number;
  readonly outOfRange: Set<Controller>;
  readonly rssi: Map<Controller, number>;
  readonly counts: Counts;
}

/** One packet, or other news, on its way to the hosts. */
export interface Delivery {
  readonly packet: Uint8Array;
  /** Set for a command that another host should see, and not its sender. */
  readonly sender?: HciHost;
}

export interface Advertising {
  isOn: boolean;
  /** A central is about to connect: nothing is sent meanwhile. */
  isTaken: boolean;
  type: number;
  intervalMs: number;
  ownAddressType: number;
  /** Whom a directed advertisement is for. */
  target: DeviceAddress;
  filterPolicy: number;
  data: Buffer;
  scanResponse: Buffer;
  timer: unknown;
}

export interface Scanning {
  isOn: boolean;
  isActive: boolean;
  acceptsListedOnly: boolean;
  ownAddressType: number;
  filtersDuplicates: boolean;
  readonly heard: Set<string>;
}

/** LE Create Connection under way. */
export interface Initiating {
  /** Undefined: whoever is on the accept list. */
  readonly peer: DeviceAddress | undefined;
  readonly ownAddressType: number;
  readonly connection: ConnectionParameters;
  /** The advertiser that was heard, while the connection is set up. */
  advertiser: Controller | undefined;
  timer: unknown;
}

/** One LE connection. */
export interface AirLink {
  readonly space: Space;
  readonly ends: readonly [central: LinkEnd, peripheral: LinkEnd];
  connection: ConnectionParameters;
  /** When a connection event was, or would have been; all others are whole intervals away. */
  anchorMs: number;
  /** The end of the last connection event that took place: the next one is later. */
  lastEventMs: number;
  isEventDue: boolean;
  eventTimer: unknown;
  /** Runs while the ends do not hear each other. */
  supervisionTimer: unknown;
  /** Control procedures of the link layer, each run at the next connection event. */
  procedures: (() => void)[];
  /** The long term key that the central wants to encrypt with, until the peripheral answered. */
  offeredKey: Buffer | undefined;
}

/** A connection as one of its controllers sees it. */
export interface LinkEnd {
  readonly controller: Controller;
  readonly link: AirLink;
  readonly role: Role;
  readonly handle: number;
  readonly ownAddress: DeviceAddress;
  /** False: this controller has forgotten the connection. */
  isUp: boolean;
  /** ACL packets of the host that have not been sent. */
  queue: Buffer[];
  /** Link-layer packets of the first of them that have. */
  sentPackets: number;
  /** Largest payload of a link-layer packet from here, in bytes. */
  txBytes: number;
  txPhy: number;
  /** The host has asked for the end, for this reason. */
  disconnectReason: number | undefined;
  /** The L2CAP packet under way to this host's peer is lost: so are its later fragments. */
  isLosing: boolean;
  /** When the last delayed packet from here arrives: no later one overtakes it. */
  lastArrivalMs: number;
  /** Timers of delayed packets for this host. */
  readonly arriving: Set<unknown>;
}

export const Role = { central: 0, peripheral: 1 } as const;
export type Role = (typeof Role)[keyof typeof Role];

interface Counts {
  overflows: number;
  staleData: number;
  unread: number;
  readonly unknownCommands: number[];
  attBytes: number;
  attPduBytes: number;
}

export function otherEnd(end: LinkEnd): LinkEnd {
  return end.link.ends[end.role === Role.central ? 1 : 0];
}
