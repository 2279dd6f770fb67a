/** Numbered texts and pieces of data over a session, and what became of each one. */
import { expect } from 'vitest';
import { BrokerError } from '../../src/protocol/errors.js';
import type { End, Pair } from '../conformance/fixture.js';
import { isSame, patterned } from '../conformance/patterned.js';

export interface Stream {
  readonly from: End;
  readonly to: End;
  readonly what: 'texts' | 'data';
  readonly count: number;
  /** Numbers of what was acknowledged so far, in the order of the acknowledgements. */
  readonly acknowledged: readonly number[];
  /** Kinds of the errors of the rest. */
  readonly refused: readonly string[];
  /** Resolves when each one was acknowledged or refused. */
  readonly settled: Promise<unknown>;
}

/** A quarter of a megabyte: some thousand packets, more than any window or credit. */
const DATA_BYTES = 250_000;
const TEXTS = 40;
const PIECES = 3;

/** Texts and data in both directions, all at once. */
export function startTraffic({ kitchen, phone }: Pair): readonly Stream[] {
  return [
    startStream(kitchen, phone, 'texts', TEXTS),
    startStream(phone, kitchen, 'texts', TEXTS),
    startStream(kitchen, phone, 'data', PIECES),
    startStream(phone, kitchen, 'data', PIECES),
  ];
}

export function startStream(from: End, to: End, what: Stream['what'], count: number): Stream {
  const acknowledged: number[] = [];
  const refused: string[] = [];
  const send = async (number: number): Promise<void> => {
    try {
      if (what === 'texts') await from.manager.sendMessage(from.sessionId, `${number}`);
      else await from.manager.sendData(from.sessionId, piece(number));
      acknowledged.push(number);
    } catch (error) {
      refused.push(error instanceof BrokerError ? error.kind : String(error));
    }
  };
  const settled = Promise.all(Array.from({ length: count }, (_, number) => send(number)));
  return { from, to, what, count, acknowledged, refused, settled };
}

export async function settle(streams: readonly Stream[]): Promise<void> {
  await Promise.all(streams.map(({ settled }) => settled));
}

/** Everything was acknowledged, and arrived once, whole and in order. */
export function expectAllOnce(streams: readonly Stream[]): void {
  for (const { count, acknowledged, refused, to, what } of streams) {
    const all = Array.from({ length: count }, (_, number) => number);
    expect({ refused, acknowledged, arrived: arrived(to, what) }).toEqual({
      refused: [],
      acknowledged: all,
      arrived: all,
    });
  }
}

/** What was acknowledged arrived once, whole and in order; of the rest, some may have arrived, and all was refused with a reason. */
export function expectAcknowledgedOnce(streams: readonly Stream[], kind: string): void {
  for (const { count, acknowledged, refused, to, what } of streams) {
    const there = arrived(to, what);
    expect(there).toEqual(there.map((_, index) => index));
    expect(acknowledged).toEqual(acknowledged.map((_, index) => index));
    expect(there.length).toBeGreaterThanOrEqual(acknowledged.length);
    expect(refused).toEqual(Array(count - acknowledged.length).fill(kind));
  }
}

/** Messages and pieces of data that arrived at both ends until now. */
export function arrivedSoFar({ kitchen, phone }: Pair): number {
  const heard = [kitchen.heard, phone.heard];
  return heard.reduce(
    (sum, { receiveMessage, receiveData }) => sum + receiveMessage.all.length + receiveData.all.length,
    0,
  );
}

/** How many there will be in the end. */
export function countOf(streams: readonly Stream[]): number {
  return streams.reduce((sum, { count }) => sum + count, 0);
}

/** Nobody was told of an end. */
export function expectNoDisconnect({ kitchen, phone }: Pair): void {
  expect([...kitchen.heard.disconnect.all, ...phone.heard.disconnect.all]).toEqual([]);
}

/** Numbers in the order of arrival; -1 stands for data that is not as it was sent. */
function arrived({ heard }: End, what: Stream['what']): number[] {
  if (what === 'texts') return heard.receiveMessage.all.map(({ msg }) => Number(msg));
  return heard.receiveData.all.map(({ data }) => {
    const number = data instanceof ArrayBuffer ? new Uint8Array(data)[0] : undefined;
    return number !== undefined && isSame(data, piece(number)) ? number : -1;
  });
}

function piece(number: number): ArrayBuffer {
  const data = patterned(DATA_BYTES);
  new Uint8Array(data)[0] = number;
  return data;
}
