/** Scanning, as long as the radio is on and no connection is being opened. */
import { type Observable, Subject } from 'rxjs';
import type { Clock } from '../../clock.js';
import type { Heard } from '../radio.js';
import type { Noble } from '../stacks.js';
import { readHintReports } from './advertising-report.js';

export interface Scanner {
  readonly heard$: Observable<Heard>;
  /** Advertising reports, as noble has them. */
  reports(count: number, data: Buffer): void;
  /** Undefined: not heard, or too long ago. */
  isRandomAddress(address: string): boolean | undefined;
  /** Begins, or begins again. */
  start(noble: Noble): void;
  /** The radio went off. */
  stop(): void;
  /** While a connection is opened: some controllers refuse to do both, and Linux does not let them either. */
  pause(): void;
  resume(): void;
  close(): void;
}

/** Addresses that may be connected to; the one not heard for longest is forgotten first. Strangers make up as many as they like. */
const MAX_KNOWN_ADDRESSES = 1_024;
/** Another program, or the kernel, stopped scanning: not at once again, in case it has its reasons. */
const SCAN_RETRY_MS = 1_000;

export function createScanner(clock: Clock): Scanner {
  const heard = new Subject<Heard>();
  const isRandom = new Map<string, boolean>();
  let noble: Noble | undefined;
  let isPaused = false;
  let timer: unknown;

  function begin(): void {
    clock.clearTimeout(timer);
    timer = undefined;
    if (noble?.state === 'poweredOn' && !isPaused) noble.startScanning([], true);
  }

  function beginLater(): void {
    if (!isPaused && noble !== undefined) timer ??= clock.setTimeout(begin, SCAN_RETRY_MS);
  }

  /** A controller may refuse the first command, which stops scanning, but not the last. */
  function onEnabled(status: number): void {
    if (status !== 0) return beginLater();
    clock.clearTimeout(timer);
    timer = undefined;
  }

  function listen(to: Noble): void {
    noble = to;
    to.on('scanStop', beginLater);
    to._bindings._hci.on('leScanEnableSet', onEnabled);
  }

  function reports(count: number, data: Buffer): void {
    for (const { isRandomAddress, ...found } of readHintReports(count, data)) {
      isRandom.delete(found.address);
      isRandom.set(found.address, isRandomAddress);
      const [oldest] = isRandom.keys();
      if (isRandom.size > MAX_KNOWN_ADDRESSES && oldest !== undefined) isRandom.delete(oldest);
      heard.next(found);
    }
  }

  return {
    heard$: heard.asObservable(),
    reports,
    isRandomAddress: (address) => isRandom.get(address),
    start(to) {
      if (noble === undefined) listen(to);
      begin();
    },
    stop() {
      clock.clearTimeout(timer);
      timer = undefined;
    },
    pause() {
      isPaused = true;
      if (noble?.state === 'poweredOn') noble.stopScanning();
    },
    resume() {
      isPaused = false;
      begin();
    },
    close() {
      clock.clearTimeout(timer);
      isPaused = true;
      if (noble?.state === 'poweredOn') noble.stopScanning();
      heard.complete();
    },
  };
}
