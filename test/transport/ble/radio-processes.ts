/** Radio processes for tests: with a loop instead of a radio, or the whole program. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filter, firstValueFrom } from 'rxjs';
import { expect, onTestFinished } from 'vitest';
import { SimulatedClock } from 'xstate';
import type { RadioState } from '../../../src/protocol/codes.js';
import { createRadioProcess } from '../../../src/transport/ble/process/radio-process.js';
import type { BleRadio } from '../../../src/transport/ble/radio.js';
import type { RadioOptions } from '../../../src/transport/ble/radio-options.js';
import { turns } from '../../support/time.js';

const loopEntry = new URL('./loop-radio-child.mjs', import.meta.url);

export const never = new AbortController().signal;

export interface LoopRadio {
  readonly radio: BleRadio;
  readonly clock: SimulatedClock;
  /** Everything it logged; the list grows. */
  readonly lines: readonly string[];
}

/** A radio process whose links lead back to itself; `why` is the error code it fails with. */
export function createLoopRadio({ why = '', watch, channel }: LoopOptions = {}): LoopRadio {
  const clock = new SimulatedClock();
  const lines: string[] = [];
  const radio = createRadioProcess(
    {
      central: why === '' && channel !== undefined ? { type: 'hci' } : { type: 'h4', path: why },
      ...(watch !== undefined && { peripheral: { type: 'h4', path: watch } }),
      ...(channel !== undefined && { channel }),
    },
    { log: (line) => lines.push(line), clock, entry: loopEntry },
  );
  onTestFinished(() => radio.close());
  return { radio, clock, lines };
}

interface LoopOptions {
  readonly why?: string;
  readonly watch?: string;
  readonly channel?: RadioOptions['channel'];
}

export async function untilState(radio: BleRadio, wanted: RadioState): Promise<void> {
  await firstValueFrom(radio.state$.pipe(filter((state) => state === wanted)));
}

/** The process id of a running loop. */
export async function processIdOf({ radio }: Pick<LoopRadio, 'radio'>): Promise<number> {
  return Number(Buffer.from(await radio.visit('pid', Uint8Array.of(), { signal: never })).toString());
}

/** Makes the process end by itself. */
export async function exit(radio: BleRadio): Promise<void> {
  await expect(radio.connect('exit', { signal: never })).rejects.toMatchObject({ failure: 'radio-off' });
}

/** Lets real events come while simulated time passes, until the promise settles. */
export async function passingTime<T>(clock: SimulatedClock, stepMs: number, promise: Promise<T>): Promise<T> {
  let isSettled = false;
  const settle = (): void => {
    isSettled = true;
  };
  promise.then(settle, settle);
  while (!isSettled) {
    clock.increment(stepMs);
    await turns(50);
  }
  return promise;
}

export interface Watch {
  readonly path: string;
  /** The next process that says it is there. */
  next(): Promise<Socket>;
}

/** A socket that processes hold open as long as they live. */
export async function createWatch(): Promise<Watch> {
  const path = join(await temporaryDirectory(), 'watch.sock');
  const server = createServer((socket) => socket.on('error', () => {}).resume());
  server.listen(path);
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return {
    path,
    async next() {
      const [socket] = await once(server, 'connection');
      return socket as Socket; // what servers of node:net connect
    },
  };
}

async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'tandem-radio-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}
