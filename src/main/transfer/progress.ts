/** How far a transfer is: bytes, rate and time left, in one line that changes in place. */
import prettyBytes from 'pretty-bytes';
import type { Io } from '../terminal/io.js';

/** The rate is that of the last so many milliseconds: it follows the radio, and does not jump. */
const RATE_SPAN_MS = 5_000;
/** How often the line changes, at most, and how often it does so while nothing comes. */
const REDRAW_MS = 100;
const IDLE_REDRAW_MS = 1_000;

export interface Progress {
  /** So many bytes are over. */
  update(bytes: number): void;
  /** Nothing is shown any more. */
  end(): void;
}

export interface ProgressOptions {
  readonly name: string;
  /** Undefined while nobody knows. */
  readonly totalBytes: number | undefined;
  /** Milliseconds since some fixed moment. */
  readonly now?: () => number;
}

/** Shows nothing where nobody reads it as it comes. */
export function showProgress({ status }: Pick<Io, 'status'>, options: ProgressOptions): Progress {
  const { now = () => performance.now(), name, totalBytes } = options;
  const startedMs = now();
  let samples = [{ atMs: startedMs, bytes: 0 }];
  let drawnMs = Number.NEGATIVE_INFINITY;

  function draw(): void {
    drawnMs = now();
    status(
      formatProgress({ name, totalBytes, bytes: samples.at(-1)?.bytes ?? 0, bytesPerSecond: rateOf(samples, drawnMs) }),
    );
  }

  const timer = setInterval(draw, IDLE_REDRAW_MS).unref();
  draw();
  return {
    update(bytes) {
      const atMs = now();
      const recent = samples.filter((sample) => sample.atMs >= atMs - RATE_SPAN_MS);
      samples = [...(recent.length > 0 ? recent : samples.slice(-1)), { atMs, bytes }];
      if (atMs - drawnMs >= REDRAW_MS || bytes === totalBytes) draw();
    },
    end() {
      clearInterval(timer);
      status(undefined);
    },
  };
}

export interface ProgressState {
  readonly name: string;
  readonly bytes: number;
  readonly totalBytes: number | undefined;
  readonly bytesPerSecond: number;
}

/** "42 %  4.2 MB of 10 MB  1.1 MB/s  6 s left  photo.jpg": on a narrow terminal, what comes first stays. */
export function formatProgress({ name, bytes, totalBytes, bytesPerSecond }: ProgressState): string {
  const rate = `${prettyBytes(bytesPerSecond)}/s`;
  if (totalBytes === undefined) return `${prettyBytes(bytes)}  ${rate}  ${name}`;
  const percent = totalBytes === 0 ? 100 : Math.floor((100 * bytes) / totalBytes);
  const left =
    bytes < totalBytes && bytesPerSecond > 0 ? `  ${formatDuration((totalBytes - bytes) / bytesPerSecond)} left` : '';
  return `${percent} %  ${prettyBytes(bytes)} of ${prettyBytes(totalBytes)}  ${rate}${left}  ${name}`;
}

/** How long it took: "0.4 s", "8.3 s", "2 min 5 s". */
export function formatTook(seconds: number): string {
  return seconds < 60 ? `${seconds.toFixed(1)} s` : formatDuration(seconds);
}

/** How long it may take: "8 s", "2 min 5 s", "1 h 20 min". */
export function formatDuration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3_600)} h ${Math.floor((whole % 3_600) / 60)} min`;
}

function rateOf(samples: readonly { readonly atMs: number; readonly bytes: number }[], nowMs: number): number {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined || nowMs <= first.atMs) return 0;
  return (1_000 * (last.bytes - first.bytes)) / (nowMs - first.atMs);
}
