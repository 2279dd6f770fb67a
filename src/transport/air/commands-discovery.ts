/** Commands for advertising, scanning and the accept list. Source: Core Specification 5.3, volume 4, part E, sections 7.8.5 to 7.8.11 and 7.8.14 to 7.8.17. */
import { AdvertisingType, isConnectable, stopAdvertising } from './advertising.js';
import type { Controller } from './air-state.js';
import { answering, type Command, done, immediate, type Outcome, refused } from './command.js';
import { readAddress } from './device-address.js';
import { HciError, Opcode } from './hci-codes.js';
import { hearSoon, startAdvertising } from './hearing.js';
import { acceptKey } from './identity.js';

const ADVERTISING_DATA_BYTES = 31;
/** In steps of 0.625 ms. */
const advertisingInterval = { least: 0x0020, most: 0x4000 };
const scanInterval = { least: 0x0004, most: 0x4000 };
const MS_PER_STEP = 0.625;
const ACCEPT_LIST_SIZE = 16;

export const discoveryCommands: readonly Command[] = [
  immediate(Opcode.leSetAdvertisingParameters, [25, 5], 15, setAdvertisingParameters),
  immediate(Opcode.leSetAdvertisingData, [25, 7], 1 + ADVERTISING_DATA_BYTES, ({ advertising }, parameters) =>
    withData(parameters, (data) => {
      advertising.data = data;
    }),
  ),
  immediate(Opcode.leSetScanResponseData, [26, 0], 1 + ADVERTISING_DATA_BYTES, ({ advertising }, parameters) =>
    withData(parameters, (data) => {
      advertising.scanResponse = data;
    }),
  ),
  immediate(Opcode.leSetAdvertisingEnable, [26, 1], 1, setAdvertisingEnable),
  immediate(Opcode.leSetScanParameters, [26, 2], 7, setScanParameters),
  immediate(Opcode.leSetScanEnable, [26, 3], 2, setScanEnable),
  immediate(Opcode.leReadAcceptListSize, [26, 6], 0, () => answering(Uint8Array.of(ACCEPT_LIST_SIZE))),
  immediate(Opcode.leClearAcceptList, [26, 7], 0, (controller) =>
    changeAcceptList(controller, () => controller.acceptList.clear()),
  ),
  immediate(Opcode.leAddToAcceptList, [27, 0], 7, (controller, parameters) => {
    const key = acceptKey(readAddress(parameters, 0));
    const isFull = controller.acceptList.size >= ACCEPT_LIST_SIZE && !controller.acceptList.has(key);
    if (isFull) return refused(HciError.memoryExceeded);
    return changeAcceptList(controller, () => void controller.acceptList.add(key));
  }),
  immediate(Opcode.leRemoveFromAcceptList, [27, 1], 7, (controller, parameters) =>
    changeAcceptList(controller, () => void controller.acceptList.delete(acceptKey(readAddress(parameters, 0)))),
  ),
];

function setAdvertisingParameters({ advertising }: Controller, parameters: Buffer): Outcome {
  if (advertising.isOn) return refused(HciError.commandDisallowed);
  const least = parameters.readUInt16LE(0);
  const most = parameters.readUInt16LE(2);
  const type = parameters.readUInt8(4);
  // A high duty cycle has an interval of its own.
  const isTimed = type !== AdvertisingType.highDutyDirected;
  const isInvalid = type > AdvertisingType.lowDutyDirected || (isTimed && !isWithin(least, most, advertisingInterval));
  if (isInvalid) return refused(HciError.invalidParameters);
  advertising.intervalMs = (isTimed ? most : advertisingInterval.least) * MS_PER_STEP;
  advertising.type = type;
  advertising.ownAddressType = parameters.readUInt8(5);
  advertising.target = readAddress(parameters, 6);
  advertising.filterPolicy = parameters.readUInt8(14);
  return done;
}

/** The first byte says how many of the others count. */
function withData(parameters: Buffer, use: (data: Buffer) => void): Outcome {
  const length = parameters.readUInt8(0);
  if (length > ADVERTISING_DATA_BYTES) return refused(HciError.invalidParameters);
  use(Buffer.from(parameters.subarray(1, 1 + length)));
  return done;
}

function setAdvertisingEnable(controller: Controller, parameters: Buffer): Outcome {
  const { advertising, links, settings } = controller;
  const enable = parameters.readUInt8(0);
  if (enable > 1) return refused(HciError.invalidParameters);
  if (enable === 0) return { ...done, next: () => stopAdvertising(controller) };
  if (isConnectable(advertising.type) && links.size >= settings.maxLinks) return refused(HciError.connectionLimit);
  return { ...done, next: () => startAdvertising(controller) };
}

function setScanParameters({ scanning }: Controller, parameters: Buffer): Outcome {
  if (scanning.isOn) return refused(HciError.commandDisallowed);
  const type = parameters.readUInt8(0);
  const interval = parameters.readUInt16LE(1);
  const window = parameters.readUInt16LE(3);
  if (type > 1 || !isWithin(window, interval, scanInterval)) return refused(HciError.invalidParameters);
  scanning.isActive = type === 1;
  scanning.ownAddressType = parameters.readUInt8(5);
  scanning.acceptsListedOnly = (parameters.readUInt8(6) & 1) === 1;
  return done;
}

/** A new scan hears everyone anew. */
function setScanEnable(controller: Controller, parameters: Buffer): Outcome {
  const { scanning } = controller;
  const enable = parameters.readUInt8(0);
  if (enable > 1 || parameters.readUInt8(1) > 1) return refused(HciError.invalidParameters);
  scanning.isOn = enable === 1;
  scanning.filtersDuplicates = parameters.readUInt8(1) === 1;
  scanning.heard.clear();
  return { ...done, next: () => hearSoon(controller) };
}

/** Not while something goes by the list. Source: section 7.8.15. */
function changeAcceptList({ advertising, scanning, initiating }: Controller, change: () => void): Outcome {
  const isInUse =
    (advertising.isOn && advertising.filterPolicy !== 0) ||
    (scanning.isOn && scanning.acceptsListedOnly) ||
    (initiating !== undefined && initiating.peer === undefined);
  if (isInUse) return refused(HciError.commandDisallowed);
  change();
  return done;
}

function isWithin(lower: number, upper: number, bounds: { readonly least: number; readonly most: number }): boolean {
  return lower >= bounds.least && lower <= upper && upper <= bounds.most;
}
