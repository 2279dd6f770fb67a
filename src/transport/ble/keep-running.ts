/** Keeps one half of a radio running: its stack is started again whenever its adapter fails, and the state says how it is meanwhile. */
import { BehaviorSubject, distinctUntilChanged, type Observable } from 'rxjs';
import type { RadioState } from '../../protocol/codes.js';
import type { Clock } from '../clock.js';
import type { HciChannel } from './radio-options.js';
import type { HciSocketClass } from './stacks.js';

/** Where one half finds its controller, and what it is to use besides. */
export interface StackOptions {
  readonly Socket: HciSocketClass;
  /** Undefined: the first one. */
  readonly adapter: number | undefined;
  readonly channel: HciChannel;
  readonly clock: Clock;
  readonly log: (line: string) => void;
}

export interface KeptHalf<Run> {
  /** Never fails; completes with `close`. */
  readonly state$: Observable<RadioState>;
  /** Undefined while there is no adapter to drive. */
  run(): Run | undefined;
  close(): Promise<void>;
}

export interface HalfOptions<Run> {
  /** For log lines. */
  readonly role: 'central' | 'peripheral';
  readonly clock: Clock;
  readonly log: (line: string) => void;
  /** Throws for want of an adapter, or of the package. */
  readonly start: (events: RunEvents) => Run;
}

export interface RunEvents {
  readonly onState: (state: RadioState) => void;
  /** The adapter is beyond use: the run is stopped, and another one started. */
  readonly onFailure: (error: unknown) => void;
}

/** An adapter that says nothing for this long is none. */
const ANSWER_TIMEOUT_MS = 5_000;
/** A missing adapter is looked for this often: it may be plugged in later. */
const RETRY_MS = 10_000;
/** One that worked until it failed is tried sooner. */
const RESTART_MS = 1_000;

/** Never throws for want of an adapter: the state says so, and a log line. */
export function keepRunning<Run extends { stop(): Promise<void> }>(options: HalfOptions<Run>): KeptHalf<Run> {
  const half: Half<Run> = {
    options,
    state: new BehaviorSubject<RadioState>('unknown'),
    run: undefined,
    lastComplaint: undefined,
    timer: undefined,
    stopping: Promise.resolve(),
    isClosed: false,
  };
  start(half);
  return { state$: half.state.pipe(distinctUntilChanged()), run: () => half.run, close: () => close(half) };
}

interface Half<Run extends { stop(): Promise<void> }> {
  readonly options: HalfOptions<Run>;
  readonly state: BehaviorSubject<RadioState>;
  run: Run | undefined;
  lastComplaint: string | undefined;
  timer: unknown;
  /** The end of runs before. */
  stopping: Promise<void>;
  isClosed: boolean;
}

function start<Run extends { stop(): Promise<void> }>(half: Half<Run>): void {
  const { clock, role } = half.options;
  half.timer = clock.setTimeout(() => {
    complain(half, `the ${role} adapter does not answer`);
    half.state.next('unsupported');
  }, ANSWER_TIMEOUT_MS);
  const early: unknown[] = [];
  try {
    half.run = half.options.start({
      onState: (state) => onState(half, state),
      onFailure: (error) => (half.run === undefined ? early.push(error) : onFailure(half, error)),
    });
  } catch (error) {
    early.unshift(error);
  }
  if (early.length > 0) onFailure(half, early[0]);
}

function onState<Run extends { stop(): Promise<void> }>(half: Half<Run>, state: RadioState): void {
  half.options.clock.clearTimeout(half.timer);
  if (state === 'poweredOn') half.lastComplaint = undefined;
  half.state.next(state);
}

function onFailure<Run extends { stop(): Promise<void> }>(half: Half<Run>, error: unknown): void {
  if (half.isClosed) return;
  const { clock, role } = half.options;
  const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
  complain(half, `the ${role} adapter cannot be used: ${reason}`);
  clock.clearTimeout(half.timer);
  const hasWorked = half.state.value === 'poweredOn' || half.state.value === 'poweredOff';
  half.stopping = Promise.all([half.stopping, half.run?.stop()]).then(() => {});
  half.run = undefined;
  half.state.next(stateFor(error) ?? (hasWorked ? 'resetting' : 'unsupported'));
  half.timer = clock.setTimeout(() => start(half), hasWorked ? RESTART_MS : RETRY_MS);
}

/** What errors of the socket say of the adapter: no permission, or off, or blocked by rfkill. Source of the codes: errno(3). */
function stateFor(error: unknown): RadioState | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EPERM' || code === 'EACCES') return 'unauthorized';
  return code === 'ENETDOWN' || code === 'ERFKILL' ? 'poweredOff' : undefined;
}

/** Once, not at every try. */
function complain<Run extends { stop(): Promise<void> }>(half: Half<Run>, line: string): void {
  if (line !== half.lastComplaint) half.options.log(line);
  half.lastComplaint = line;
}

async function close<Run extends { stop(): Promise<void> }>(half: Half<Run>): Promise<void> {
  if (!half.isClosed) {
    half.isClosed = true;
    half.options.clock.clearTimeout(half.timer);
    half.stopping = Promise.all([half.stopping, half.run?.stop()]).then(() => {
      half.run = undefined;
      half.state.complete();
    });
  }
  await half.stopping;
}
