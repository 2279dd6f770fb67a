/** Advertising events and who hears them. Source: Core Specification 5.3, volume 6, part B, section 4.4. */
import { isConnectable, isDirected, isScannable, stopAdvertising } from './advertising.js';
import type { Controller } from './air-state.js';
import { connectTo, wantsToConnect } from './connecting.js';
import { type DeviceAddress, isSameAddress } from './device-address.js';
import { leAdvertisingReport } from './hci-events.js';
import { giveEvent } from './host-side.js';
import { acceptKey, isInRange, ownAddress, rssiBetween } from './identity.js';

/** Event_Type of a report; others equal the Advertising_Type. Source: volume 4, part E, section 7.7.65.2. */
const DIRECTED_REPORT = 1;
const SCAN_RESPONSE_REPORT = 4;

/** Packets that a scanner knows again; it begins anew when it has as many. */
const MOST_HEARD = 1_024;

/** On the instant air, time between two advertising events: this share of what the host asked for. */
const INSTANT_SHARE = 0.1;

/** The first event follows in the next turn of the event loop. */
export function startAdvertising(controller: Controller): void {
  const { advertising, space } = controller;
  stopAdvertising(controller);
  advertising.isOn = true;
  const intervalMs = space.isInstant ? advertising.intervalMs * INSTANT_SHARE : advertising.intervalMs;
  const tick = (): void => {
    advertising.timer = space.clock.setTimeout(tick, intervalMs);
    advertisingEvent(controller);
  };
  advertising.timer = space.clock.setTimeout(tick, space.isInstant ? intervalMs : 0);
  if (space.isInstant) setImmediate(() => advertisingEvent(controller));
}

/** On the instant air, nobody waits for an advertising interval. */
export function hearSoon(listener: Controller): void {
  if (!listener.space.isInstant) return;
  setImmediate(() => {
    for (const advertiser of listener.space.controllers) hear(listener, advertiser);
  });
}

function advertisingEvent(advertiser: Controller): void {
  for (const listener of advertiser.space.controllers) hear(listener, advertiser);
}

/** One advertising event, as one listener takes it: a report, a connection, or nothing. */
function hear(listener: Controller, advertiser: Controller): void {
  const { advertising } = advertiser;
  if (!advertising.isOn || advertising.isTaken || listener.power !== 'on' || !isInRange(listener, advertiser)) return;
  if (isDirected(advertising.type) && !isAddressed(listener, advertising.target)) return;
  const from = ownAddress(advertiser, advertising.ownAddressType);
  report(listener, advertiser, from);
  if (isConnectable(advertising.type) && wantsToConnect(listener, advertiser, from)) connectTo(listener, advertiser);
}

function report(listener: Controller, advertiser: Controller, from: DeviceAddress): void {
  const { scanning } = listener;
  const { type, data, scanResponse, filterPolicy } = advertiser.advertising;
  if (!scanning.isOn || (scanning.acceptsListedOnly && !listener.acceptList.has(acceptKey(from)))) return;
  reportOnce(listener, advertiser, isDirected(type) ? DIRECTED_REPORT : type, from, data);
  const asksFrom = ownAddress(listener, scanning.ownAddressType);
  const isAnswered = (filterPolicy & 1) === 0 || advertiser.acceptList.has(acceptKey(asksFrom));
  if (scanning.isActive && isScannable(type) && isAnswered) {
    reportOnce(listener, advertiser, SCAN_RESPONSE_REPORT, from, scanResponse);
  }
}

/** Duplicates have the address and the kind of packet in common, whatever their data. Source: volume 4, part E, section 7.8.11. */
function reportOnce(
  listener: Controller,
  advertiser: Controller,
  type: number,
  from: DeviceAddress,
  data: Buffer,
): void {
  const { scanning } = listener;
  const key = `${acceptKey(from)} ${type}`;
  if (scanning.filtersDuplicates && scanning.heard.has(key)) return;
  if (scanning.heard.size >= MOST_HEARD) scanning.heard.clear();
  if (scanning.filtersDuplicates) scanning.heard.add(key);
  giveEvent(listener, leAdvertisingReport(type, from, data, rssiBetween(listener, advertiser)));
}

function isAddressed(listener: Controller, target: DeviceAddress): boolean {
  return [0, 1].some((type) => isSameAddress(ownAddress(listener, type), target));
}
