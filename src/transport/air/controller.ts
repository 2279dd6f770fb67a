/** One virtual controller: how it is made, and what a reset leaves of it. */
import { idleAdvertising, stopAdvertising } from './advertising.js';
import { SHORTEST_DATA_BYTES } from './air-link.js';
import type { Controller, ControllerSettings, Space } from './air-state.js';
import { forgetConnecting } from './connecting.js';
import { noAddress } from './device-address.js';
import { endHere, superviseLink } from './link-end.js';
import { idleScanning } from './scanning.js';

/** What a reset leaves. Source: Core Specification 5.3, volume 4, part E, sections 7.3.1 and 7.8.1. */
const defaultEventMask = Buffer.from('ffffffffff1f0000', 'hex');
const defaultLeEventMask = Buffer.from('1f00000000000000', 'hex');
/** What an operating system that brings an adapter up lets through. */
const openMask = Buffer.from('ffffffffffffffff', 'hex');

export function createController(space: Space, settings: ControllerSettings): Controller {
  return {
    space,
    settings,
    power: 'on',
    hosts: new Set(),
    isStalled: false,
    waiting: [],
    eventMask: openMask,
    leEventMask: openMask,
    randomAddress: { ...noAddress, type: 1 },
    acceptList: new Set(),
    advertising: idleAdvertising(),
    scanning: idleScanning(),
    initiating: undefined,
    suggestedDataBytes: SHORTEST_DATA_BYTES,
    links: new Map(),
    lastHandle: 0,
    bufferedPackets: 0,
    outOfRange: new Set(),
    rssi: new Map(),
    counts: { overflows: 0, staleData: 0, unread: 0, unknownCommands: [], attBytes: 0, attPduBytes: 0 },
  };
}

/** Links vanish without a word on either side; peers notice after their supervision timeout. Source: section 7.3.2. */
export function resetController(controller: Controller): void {
  stopAdvertising(controller);
  Object.assign(controller.advertising, idleAdvertising());
  Object.assign(controller.scanning, idleScanning());
  forgetConnecting(controller);
  for (const end of [...controller.links.values()]) {
    endHere(end);
    superviseLink(end.link);
  }
  controller.acceptList.clear();
  controller.randomAddress = { ...noAddress, type: 1 };
  controller.suggestedDataBytes = SHORTEST_DATA_BYTES;
  controller.eventMask = defaultEventMask;
  controller.leEventMask = defaultLeEventMask;
}

/** As an operating system brings an adapter up: every event may come. */
export function bringUp(controller: Controller): void {
  resetController(controller);
  controller.eventMask = openMask;
  controller.leEventMask = openMask;
}
