/** Writes what passes on an air to a file, for Wireshark. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { Adapter, Air, HciRecord } from './air.js';
import { btsnoopAdapter, btsnoopHeader, btsnoopPacket } from './btsnoop.js';

/** What may wait for a slow disk, in bytes; further packets are left out, and the file says how many. */
const MAX_UNWRITTEN_BYTES = 16 * 1_024 * 1_024;
const OWNER_ONLY = 0o600;

export interface TraceRecording {
  /** Resolves when the file is there to be written; rejects as `done` does. */
  readonly opened: Promise<void>;
  /** Resolves when the file is whole; rejects when it cannot be made or written, and the recording is over then. */
  readonly done: Promise<void>;
  /** Ends the recording; as `done`. */
  stop(): Promise<void>;
}

/** Records every packet from now on, until it is stopped or the air is closed; replaces a file that is there. */
export function recordTrace(air: Air, path: string): TraceRecording {
  const file = createWriteStream(path, { mode: OWNER_ONLY });
  const indexes = new Map<Adapter, number>();
  let startedAtMs: number | undefined;
  let drops = 0;

  function write(record: HciRecord): void {
    if (file.writableLength > MAX_UNWRITTEN_BYTES) {
      drops += 1;
      return;
    }
    // The air's clock began at any moment; what it says at the first packet is taken for now.
    startedAtMs ??= Date.now() - record.atMs;
    const index = indexes.get(record.adapter) ?? indexes.size;
    const place = { index, unixMs: startedAtMs + record.atMs, drops };
    if (!indexes.has(record.adapter)) {
      indexes.set(record.adapter, index);
      file.write(btsnoopAdapter(record, place));
    }
    file.write(btsnoopPacket(record, place));
  }

  file.write(btsnoopHeader());
  const subscription = air.trace$.subscribe({ next: write, complete: () => file.end() });
  const done = finished(file).finally(() => subscription.unsubscribe());
  // Whoever awaits it sees the failure; no one has to.
  done.catch(() => {});
  const opened = once(file, 'open').then(() => {});
  opened.catch(() => {});
  return {
    opened,
    done,
    stop() {
      subscription.unsubscribe();
      file.end();
      return done;
    },
  };
}
