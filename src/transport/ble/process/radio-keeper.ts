/** Keeps a radio process running: starts it, starts it again when it ends or falls silent, and ends it. */
import { type ChildProcess, fork } from 'node:child_process';
import type { Clock } from '../../clock.js';
import type { RadioOptions } from '../radio-options.js';
import { type Life, watchLife } from './life-watch.js';
import { createLineLog, type LineLog } from './line-log.js';
import type { FromRadio, RadioNews, RadioOrder, ToRadio, UnableState } from './radio-messages.js';
import { createOutbox, type Outbox } from './radio-outbox.js';

export interface KeeperOptions {
  /** The program of the process, see run-radio-child.ts. */
  readonly entry: URL;
  readonly radio: RadioOptions;
  readonly clock: Clock;
  readonly log: (line: string) => void;
  /** Another process was started: what is put now comes first. */
  readonly onRestart: () => void;
  readonly onNews: (news: RadioNews) => void;
  readonly onUnable: (state: UnableState) => void;
  /** A process has ended; nothing more comes from it. */
  readonly onEnd: () => void;
}

export interface RadioKeeper {
  /** While no process runs there is nobody to take orders: they are dropped. */
  isRunning(): boolean;
  put(order: RadioOrder): void;
  putPacket(link: number, packet: Uint8Array): void;
  /** Resolves when no process is left. */
  close(): Promise<void>;
}

/** The pause before the process is started again: the first, doubling up to the longest. */
const RESTART_FIRST_MS = 250;
const RESTART_LONGEST_MS = 10_000;
/** A process that ran this long ran well: the next pause is the first again. */
const RAN_WELL_MS = 30_000;
/** The pause when there was no radio to drive: an adapter may be plugged in. */
const RETRY_MS = 30_000;
/** How long the process may take to end when asked: longer than it allows itself. Then SIGKILL: it heeds no other signal. */
const CLOSE_LIMIT_MS = 3_000;
/** What of the environment the process gets: it reads what strangers send and needs no secrets. noble calls hciconfig and the like. */
const ENVIRONMENT = /^(PATH|HOME|LANG|TZ|SYSTEMROOT|DEBUG|(NODE|NOBLE|BLENO|LD|DYLD)_\w+)$/i;

export function keepRadioProcess(options: KeeperOptions): RadioKeeper {
  const keeper: Keeper = {
    options,
    lines: createLineLog(options.log, options.clock),
    run: undefined,
    pauseMs: RESTART_FIRST_MS,
    lastReason: '',
    isClosed: false,
    onNoneLeft: undefined,
    timer: undefined,
  };
  start(keeper);
  return {
    isRunning: () => keeper.run !== undefined && !keeper.isClosed,
    put: (order) => void keeper.run?.outbox.put(order),
    putPacket: (link, packet) => void keeper.run?.outbox.putPacket(link, packet),
    close: () => close(keeper),
  };
}

interface Keeper {
  readonly options: KeeperOptions;
  readonly lines: LineLog;
  run: Run | undefined;
  /** Before the next start, if this process does not run well. */
  pauseMs: number;
  /** Why the last process could not drive a radio: said once. */
  lastReason: string;
  isClosed: boolean;
  onNoneLeft: (() => void) | undefined;
  timer: unknown;
}

/** One process from fork to exit. */
interface Run {
  readonly child: ChildProcess;
  readonly outbox: Outbox<ToRadio>;
  readonly life: Life;
  readonly startedAt: number;
  isUnable: boolean;
}

function start(keeper: Keeper): void {
  const { entry, radio, clock } = keeper.options;
  const child = fork(entry, {
    serialization: 'advanced',
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => ENVIRONMENT.test(name))),
  });
  const run: Run = {
    child,
    // A pipe that is broken belongs to a process that ends: 'exit' says so.
    outbox: createOutbox<ToRadio>((batch) => void (child.connected && child.send([...batch], () => {}))),
    life: watchLife(radio, clock, {
      ask: () => void run.outbox.put({ type: 'ping' }),
      onSilent(silentMs) {
        keeper.lines.write(`the radio process has not answered for ${silentMs} ms and is ended`);
        child.kill('SIGKILL');
      },
    }),
    startedAt: clock.now(),
    isUnable: false,
  };
  keeper.run = run;
  listen(keeper, run);
  run.outbox.put({ type: 'start', options: radio });
}

function listen(keeper: Keeper, run: Run): void {
  const { child } = run;
  if (child.stderr !== null) keeper.lines.read(child.stderr);
  child.on('message', (batch) => {
    if (keeper.run !== run) return;
    run.life.noteSign();
    // As radio-messages.ts says: the pipe is private to two halves of one program.
    for (const message of batch as unknown as readonly FromRadio[]) receive(keeper, run, message); // see above
    run.outbox.put({ type: 'read' });
  });
  child.once('error', (error) => child.pid === undefined && ended(keeper, run, `before it began: ${error.message}`));
  child.once('exit', (code, signal) => {
    const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
    // Its last words may still be in the pipe.
    if (child.connected) child.once('disconnect', () => ended(keeper, run, how));
    else ended(keeper, run, how);
  });
}

function receive(keeper: Keeper, run: Run, message: FromRadio): void {
  switch (message.type) {
    case 'pong':
      return;
    case 'log':
      return keeper.lines.write(message.line);
    case 'fatal':
      return keeper.lines.write(`the radio process failed: ${message.reason}`);
    case 'unable':
      run.isUnable = true;
      if (message.reason !== keeper.lastReason) keeper.lines.write(`no radio: ${message.reason}`);
      keeper.lastReason = message.reason;
      return keeper.options.onUnable(message.state);
    default:
      keeper.lastReason = '';
      return keeper.options.onNews(message);
  }
}

function ended(keeper: Keeper, run: Run, how: string): void {
  if (keeper.run !== run) return;
  const { clock, onEnd } = keeper.options;
  run.life.close();
  keeper.run = undefined;
  clock.clearTimeout(keeper.timer);
  if (keeper.isClosed) {
    keeper.onNoneLeft?.();
    return;
  }
  if (clock.now() - run.startedAt >= RAN_WELL_MS) keeper.pauseMs = RESTART_FIRST_MS;
  const pauseMs = run.isUnable ? RETRY_MS : keeper.pauseMs;
  if (!run.isUnable) {
    keeper.pauseMs = Math.min(keeper.pauseMs * 2, RESTART_LONGEST_MS);
    keeper.lines.write(`the radio process ended ${how}; the next starts in ${pauseMs} ms`);
  }
  keeper.timer = clock.setTimeout(() => {
    start(keeper);
    keeper.options.onRestart();
  }, pauseMs);
  onEnd();
}

async function close(keeper: Keeper): Promise<void> {
  const { clock } = keeper.options;
  clock.clearTimeout(keeper.timer);
  const { run } = keeper;
  if (run === undefined) {
    keeper.isClosed = true;
    return;
  }
  const noneLeft = new Promise<void>((resolve) => {
    const before = keeper.onNoneLeft;
    keeper.onNoneLeft = () => {
      before?.();
      resolve();
    };
  });
  if (!keeper.isClosed) {
    keeper.isClosed = true;
    run.life.close();
    run.outbox.put({ type: 'close' });
    keeper.timer = clock.setTimeout(() => run.child.kill('SIGKILL'), CLOSE_LIMIT_MS);
  }
  return noneLeft;
}
