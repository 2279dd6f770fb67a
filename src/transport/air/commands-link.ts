/** Commands that make, change, ask about and end connections. Source: Core Specification 5.3, volume 4, part E, sections 7.1.6, 7.1.23, 7.5.4 and 7.8. */
import { atNextEvent } from './air-link.js';
import { type Controller, type LinkEnd, otherEnd, Role } from './air-state.js';
import { answering, type Command, done, immediate, lasting, type Outcome, onLink, refused } from './command.js';
import { cancelConnecting } from './connecting.js';
import { readAddress } from './device-address.js';
import { HciError, Opcode } from './hci-codes.js';
import {
  type ConnectionParameters,
  leConnectionUpdateComplete,
  leReadRemoteFeaturesComplete,
  readRemoteVersionComplete,
} from './hci-events.js';
import { hearSoon } from './hearing.js';
import { giveEvent } from './host-side.js';
import { companyAndVersion, localFeatures, rssiBetween } from './identity.js';
import { hangUp } from './link-end.js';
import { intervalMs, supervisionMs } from './link-timing.js';

/** What a host may give as a reason. Source: section 7.1.6. */
const disconnectReasons: readonly number[] = [0x05, 0x13, 0x14, 0x15, 0x1a, 0x29, 0x3b];
const ALL_CHANNELS = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x1f);

export const linkCommands: readonly Command[] = [
  lasting(Opcode.leCreateConnection, [26, 4], 25, createConnection),
  immediate(Opcode.leCreateConnectionCancel, [26, 5], 0, (controller) => {
    const { initiating } = controller;
    if (initiating === undefined) return refused(HciError.commandDisallowed);
    return { ...done, next: () => cancelConnecting(controller, initiating) };
  }),
  lasting(Opcode.disconnect, [0, 5], 3, onLink(disconnect)),
  lasting(Opcode.leConnectionUpdate, [27, 2], 14, onLink(updateConnection)),
  lasting(Opcode.leReadRemoteFeatures, [27, 5], 2, onLink(afterNextEvent(leReadRemoteFeaturesComplete, localFeatures))),
  lasting(Opcode.readRemoteVersion, [2, 7], 2, onLink(afterNextEvent(readRemoteVersionComplete, companyAndVersion))),
  immediate(
    Opcode.leReadChannelMap,
    [27, 4],
    2,
    onLink(() => answering(ALL_CHANNELS), ALL_CHANNELS.length),
  ),
  immediate(
    Opcode.readRssi,
    [15, 5],
    2,
    onLink((end) => answering(Uint8Array.of(rssiBetween(end.controller, otherEnd(end).controller))), 1),
  ),
];

function createConnection(controller: Controller, parameters: Buffer): Outcome {
  if (controller.initiating !== undefined) return refused(HciError.commandDisallowed);
  if (controller.links.size >= controller.settings.maxLinks) return refused(HciError.connectionLimit);
  const connection = readConnection(parameters, 13);
  const filterPolicy = parameters.readUInt8(4);
  if (connection === undefined || filterPolicy > 1) return refused(HciError.invalidParameters);
  controller.initiating = {
    peer: filterPolicy === 1 ? undefined : readAddress(parameters, 5),
    ownAddressType: parameters.readUInt8(12),
    connection,
    advertiser: undefined,
    timer: undefined,
  };
  return { ...done, next: () => hearSoon(controller) };
}

function disconnect(end: LinkEnd, parameters: Buffer): Outcome {
  const reason = parameters.readUInt8(2);
  if (!disconnectReasons.includes(reason)) return refused(HciError.invalidParameters);
  if (end.disconnectReason !== undefined) return refused(HciError.commandDisallowed);
  return { ...done, next: () => hangUp(end, reason) };
}

/** Peripherals ask by L2CAP: the link layer's own way for them is not among the features. */
function updateConnection(end: LinkEnd, parameters: Buffer): Outcome {
  const connection = readConnection(parameters, 2);
  if (connection === undefined) return refused(HciError.invalidParameters);
  if (end.role !== Role.central) return refused(HciError.unsupportedRemoteFeature);
  const update = (): void => {
    end.link.connection = connection;
    end.link.anchorMs = Math.max(end.link.space.clock.now(), end.link.lastEventMs);
    for (const { controller, handle } of end.link.ends) {
      giveEvent(controller, leConnectionUpdateComplete(handle, connection));
    }
  };
  return { ...done, next: () => atNextEvent(end.link, update) };
}

/** A question to the other controller: all are alike, so the answer is known. */
function afterNextEvent(complete: (handle: number, answer: Uint8Array) => Buffer, answer: Uint8Array) {
  return (end: LinkEnd): Outcome => ({
    ...done,
    next: () => atNextEvent(end.link, () => giveEvent(end.controller, complete(end.handle, answer))),
  });
}

/** The longest interval that the host allows; undefined if the parameters contradict each other. Source: section 7.8.12. */
function readConnection(parameters: Buffer, offset: number): ConnectionParameters | undefined {
  const shortest = parameters.readUInt16LE(offset);
  const connection = {
    interval: parameters.readUInt16LE(offset + 2),
    latency: parameters.readUInt16LE(offset + 4),
    supervisionTimeout: parameters.readUInt16LE(offset + 6),
  };
  const isInBounds =
    shortest >= 0x0006 &&
    shortest <= connection.interval &&
    connection.interval <= 0x0c80 &&
    connection.latency <= 0x01f3 &&
    connection.supervisionTimeout >= 0x000a &&
    connection.supervisionTimeout <= 0x0c80;
  const leastMs = (1 + connection.latency) * intervalMs(connection) * 2;
  return isInBounds && supervisionMs(connection) > leastMs ? connection : undefined;
}
