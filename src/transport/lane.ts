/** One direction of a simulated link: takes items, lets them be late, lost, doubled or overtaken, and hands them over. */
import type { Clock } from './clock.js';
import type { Fate } from './faults.js';
import type { Turns } from './turns.js';

export interface Lane<Item> {
  /** False: as many items as may be are under way; `onRoom` tells when to try again. */
  put(item: Item): boolean;
  /** Drops everything under way. */
  stop(): void;
}

export interface LaneOptions<Item> {
  readonly clock: Clock;
  readonly turns: Turns;
  /** Items under way before `put` refuses more. */
  readonly capacity: () => number;
  readonly fate: () => Fate;
  readonly onArrive: (item: Item) => void;
  readonly onRoom: () => void;
}

/** Items without delay arrive in the next turn, all together, and need no timer. */
export function createLane<Item>(options: LaneOptions<Item>): Lane<Item> {
  const lane: State<Item> = {
    ...options,
    ready: [],
    leaving: 0,
    underWay: 0,
    isRefusing: false,
    isFlushing: false,
    isStopped: false,
    late: [],
    lastDueMs: 0,
    timer: undefined,
  };
  return { put: (item) => put(lane, item), stop: () => stop(lane) };
}

interface State<Item> extends LaneOptions<Item> {
  /** What arrives in the next turn. */
  ready: Item[];
  /** Items that are no longer under way after the next turn, lost ones too. */
  leaving: number;
  underWay: number;
  isRefusing: boolean;
  isFlushing: boolean;
  isStopped: boolean;
  /** In the order they are due. */
  readonly late: LateItem<Item>[];
  lastDueMs: number;
  timer: unknown;
}

interface LateItem<Item> {
  readonly item: Item;
  readonly copies: number;
  readonly dueMs: number;
}

function put<Item>(lane: State<Item>, item: Item): boolean {
  if (lane.isStopped || lane.underWay >= lane.capacity()) {
    lane.isRefusing = true;
    return false;
  }
  lane.underWay += 1;
  const fate = lane.fate();
  if (fate.copies > 0 && (fate.delayMs > 0 || lane.late.length > 0)) {
    addLate(lane, item, fate);
  } else {
    addReady(lane, item, fate.copies);
  }
  return true;
}

function addLate<Item>(lane: State<Item>, item: Item, fate: Fate): void {
  const earliestMs = lane.clock.now() + fate.delayMs;
  const dueMs = fate.isOvertaken ? earliestMs : Math.max(earliestMs, lane.lastDueMs);
  lane.lastDueMs = fate.isOvertaken ? lane.lastDueMs : dueMs;
  const place = lane.late.findLastIndex((other) => other.dueMs <= dueMs) + 1;
  lane.late.splice(place, 0, { item, copies: fate.copies, dueMs });
  if (place === 0) setTimer(lane);
}

function setTimer<Item>(lane: State<Item>): void {
  lane.clock.clearTimeout(lane.timer);
  const next = lane.late[0];
  lane.timer = next && lane.clock.setTimeout(() => takeDue(lane), Math.max(0, next.dueMs - lane.clock.now()));
}

function takeDue<Item>(lane: State<Item>): void {
  const nowMs = lane.clock.now();
  for (let next = lane.late[0]; next !== undefined && next.dueMs <= nowMs; next = lane.late[0]) {
    lane.late.shift();
    addReady(lane, next.item, next.copies);
  }
  setTimer(lane);
}

function addReady<Item>(lane: State<Item>, item: Item, copies: number): void {
  for (let copy = 0; copy < copies; copy += 1) lane.ready.push(item);
  lane.leaving += 1;
  if (!lane.isFlushing) {
    lane.isFlushing = true;
    lane.turns.later(() => flush(lane));
  }
}

function flush<Item>(lane: State<Item>): void {
  const items = lane.ready;
  lane.ready = [];
  lane.underWay -= lane.leaving;
  lane.leaving = 0;
  lane.isFlushing = false;
  for (const item of items) {
    if (lane.isStopped) return;
    lane.onArrive(item);
  }
  if (lane.isRefusing && !lane.isStopped && lane.underWay < lane.capacity()) {
    lane.isRefusing = false;
    lane.onRoom();
  }
}

function stop<Item>(lane: State<Item>): void {
  lane.isStopped = true;
  lane.late.length = 0;
  lane.clock.clearTimeout(lane.timer);
}
