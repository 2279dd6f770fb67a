/** One LE connection: ACL data both ways, in connection events. Source: Core Specification 5.3, volume 6, part B, section 4.5. */
import {
  type AirLink,
  type Controller,
  type Initiating,
  type LinkEnd,
  otherEnd,
  Role,
  type Space,
} from './air-state.js';
import { updateDataLength } from './data-length.js';
import { carry, noteOutgoing } from './data-path.js';
import type { DeviceAddress } from './device-address.js';
import { ACL_HEADER_BYTES } from './hci-codes.js';
import { type ConnectionParameters, leConnectionComplete, numberOfCompletedPackets } from './hci-events.js';
import { giveEvent } from './host-side.js';
import { isInRange, ownAddress } from './identity.js';
import { nextEventMs } from './link-timing.js';

/** Before the first data length update. Source: volume 6, part B, section 4.5.10. */
export const SHORTEST_DATA_BYTES = 27;
/** LE 1M. Source: volume 4, part E, section 7.8.47. */
const PHY_1M = 1;
const FIRST_HANDLE = 0x0040;
const LAST_HANDLE = 0x0eff;

/** Both hosts are told. */
export function openLink(central: Controller, peripheral: Controller, initiating: Initiating): void {
  const { connection, ownAddressType } = initiating;
  const link = createLink(central.space, connection, [
    { controller: central, ownAddress: ownAddress(central, ownAddressType) },
    { controller: peripheral, ownAddress: ownAddress(peripheral, peripheral.advertising.ownAddressType) },
  ]);
  for (const end of [...link.ends].reverse()) {
    end.controller.links.set(end.handle, end);
    const { handle, role } = end;
    const complete = { status: 0, handle, role, peer: otherEnd(end).ownAddress, ...connection };
    giveEvent(end.controller, leConnectionComplete(complete));
  }
  for (const end of link.ends) lengthenData(end);
}

/** Takes one ACL packet of the host. */
export function sendData(end: LinkEnd, packet: Buffer): void {
  noteOutgoing(end.controller, packet);
  end.queue.push(packet);
  kick(end.link);
}

/** Runs a control procedure at the next connection event at which both ends hear each other. */
export function atNextEvent(link: AirLink, procedure: () => void): void {
  link.procedures.push(procedure);
  kick(link);
}

/** The ends do not hear each other: out of range, or one of them is gone. */
export function isSilent({ ends: [central, peripheral] }: AirLink): boolean {
  return !central.isUp || !peripheral.isUp || !isInRange(central.controller, peripheral.controller);
}

/** Sees to it that there is a connection event if there is something to send. */
export function kick(link: AirLink): void {
  const hasWork = link.procedures.length > 0 || link.ends.some(({ queue }) => queue.length > 0);
  if (link.isEventDue || !hasWork || isSilent(link)) return;
  link.isEventDue = true;
  if (link.space.isInstant) {
    setImmediate(() => connectionEvent(link));
    return;
  }
  const dueMs = nextEventMs(link);
  const takePlace = (): void => {
    link.lastEventMs = dueMs;
    connectionEvent(link);
  };
  link.eventTimer = link.space.clock.setTimeout(takePlace, dueMs - link.space.clock.now());
}

/** What the host suggested for new connections is asked for at once. */
function lengthenData(end: LinkEnd): void {
  const { suggestedDataBytes } = end.controller;
  if (suggestedDataBytes > end.txBytes) atNextEvent(end.link, () => updateDataLength(end, suggestedDataBytes));
}

interface Side {
  readonly controller: Controller;
  readonly ownAddress: DeviceAddress;
}

function createLink(space: Space, connection: ConnectionParameters, [central, peripheral]: [Side, Side]): AirLink {
  const nowMs = space.clock.now();
  const link: AirLink = {
    space,
    connection,
    anchorMs: nowMs,
    lastEventMs: nowMs,
    isEventDue: false,
    eventTimer: undefined,
    supervisionTimer: undefined,
    procedures: [],
    offeredKey: undefined,
    // The link and its ends name each other.
    get ends() {
      return ends;
    },
  };
  const ends = [createEnd(link, Role.central, central), createEnd(link, Role.peripheral, peripheral)] as const;
  return link;
}

function createEnd(link: AirLink, role: Role, { controller, ownAddress }: Side): LinkEnd {
  return {
    controller,
    link,
    role,
    handle: takeHandle(controller),
    ownAddress,
    isUp: true,
    queue: [],
    sentPackets: 0,
    txBytes: SHORTEST_DATA_BYTES,
    txPhy: PHY_1M,
    disconnectReason: undefined,
    isLosing: false,
    lastArrivalMs: 0,
    arriving: new Set(),
  };
}

/** Handles come back late, so that what is meant for an old connection does not reach a new one. */
function takeHandle(controller: Controller): number {
  do {
    const { lastHandle } = controller;
    controller.lastHandle = lastHandle < FIRST_HANDLE || lastHandle >= LAST_HANDLE ? FIRST_HANDLE : lastHandle + 1;
  } while (controller.links.has(controller.lastHandle));
  return controller.lastHandle;
}

/** Data first, then procedures: what fits in before the end still arrives. */
function connectionEvent(link: AirLink): void {
  link.isEventDue = false;
  if (isSilent(link)) return;
  for (const end of link.ends) transmit(end);
  const procedures = link.procedures;
  link.procedures = [];
  for (const procedure of procedures) {
    // One of them may have ended the link.
    if (!isSilent(link)) procedure();
  }
  kick(link);
}

/** As many link-layer packets as fit in one event; a packet of the host that needs more goes on in the next. */
function transmit(end: LinkEnd): void {
  const { controller, queue } = end;
  const sent = end.link.space.isInstant ? queue.length : fitting(end);
  if (sent === 0) return;
  for (const packet of queue.splice(0, sent)) carry(end, packet);
  controller.bufferedPackets -= sent;
  giveEvent(controller, numberOfCompletedPackets(end.handle, sent));
}

function fitting(end: LinkEnd): number {
  let room = end.link.space.packetsPerEvent;
  for (const [index, packet] of end.queue.entries()) {
    // Fewer than were sent already, if they have become longer meanwhile.
    const left = Math.max(1, Math.ceil((packet.length - ACL_HEADER_BYTES) / end.txBytes) - end.sentPackets);
    if (left > room) {
      end.sentPackets += room;
      return index;
    }
    end.sentPackets = 0;
    room -= left;
  }
  return end.queue.length;
}
