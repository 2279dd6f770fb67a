/** `tandem air`: simulated Bluetooth controllers for brokers in other processes, until it is asked to end. */
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { unreachable } from '../../protocol/unreachable.js';
import type { Air, AirTiming } from '../../transport/air/air.js';
import type { AirServer, AirServerEvent } from '../../transport/air/air-server.js';
import type { TraceRecording } from '../../transport/air/record-trace.js';
import { type Command, readArguments, readNumber, refuseMore } from '../command.js';
import { CommandError, ExitCode, reasonOf } from '../command-error.js';
import type { Io } from '../io.js';
import { printable } from '../printable.js';
import { findStateDirectory, prepareStateDirectory, StateFile } from '../state-directory.js';
import { whyRefused } from '../system-words.js';
import { readVersion } from '../version.js';

const MOST_PACKETS_PER_EVENT = 64;

const OPTIONS = {
  socket: { type: 'string', value: 'PATH', help: 'where to serve it; air.sock in the state directory if not given' },
  trace: { type: 'string', value: 'FILE', help: 'write every packet to a file for Wireshark or btmon' },
  timing: { type: 'string', value: 'KIND', help: 'instant, or modelled on a real radio; instant if not given' },
  'packets-per-event': {
    type: 'string',
    value: 'N',
    help: 'with modelled timing: packets in each connection event; 6 if not given',
  },
  'state-dir': { type: 'string', value: 'DIR', help: 'the state directory, for the socket' },
} as const;

export const command: Command = {
  summary: 'serves simulated Bluetooth controllers until Ctrl+C',
  usage: ['air [--socket PATH] [--trace FILE] [--timing KIND] [--packets-per-event N] [--state-dir DIR]'],
  details: [
    'Brokers started with tandem start --air PATH meet on it, without any Bluetooth hardware.',
    'The socket speaks H4; other Bluetooth stacks can use it as they use the one of btvirt.',
  ],
  options: OPTIONS,
  async run(args, io) {
    const { values, positionals } = readArguments(args, OPTIONS);
    refuseMore(positionals);
    const timing = readTiming(values.timing ?? 'instant', values['packets-per-event']);
    const path = values.socket === undefined ? await defaultPath(values['state-dir'], io) : resolve(values.socket);
    await serve({ path, timing, trace: values.trace }, io);
    return ExitCode.ok;
  },
};

interface Wanted {
  readonly path: string;
  readonly timing: AirTiming;
  readonly trace: string | undefined;
}

function readTiming(kind: string, packets: string | undefined): AirTiming {
  const packetsPerEvent =
    packets === undefined ? undefined : readNumber('packets-per-event', packets, 1, MOST_PACKETS_PER_EVENT);
  if (kind === 'modelled') return { type: 'modelled', ...(packetsPerEvent !== undefined && { packetsPerEvent }) };
  if (kind !== 'instant') throw misuse(`--timing takes instant or modelled, not "${kind}".`);
  if (packetsPerEvent !== undefined) throw misuse('--packets-per-event needs --timing modelled.');
  return { type: 'instant' };
}

function misuse(message: string): CommandError {
  return new CommandError(message, { exitCode: ExitCode.usage });
}

/** No other user may enter the directory, so none reaches the socket. */
async function defaultPath(option: string | undefined, io: Io): Promise<string> {
  const directory = findStateDirectory(option, io.env);
  await prepareStateDirectory(directory);
  return join(directory, StateFile.air);
}

/** Loads the air only now: reading the arguments has nothing to wait for. */
async function serve({ path, timing, trace }: Wanted, io: Io): Promise<void> {
  const [{ createAir }, { serveAir }, { recordTrace }] = await Promise.all([
    import('../../transport/air/air.js'),
    import('../../transport/air/air-server.js'),
    import('../../transport/air/record-trace.js'),
  ]);
  const air = createAir({ timing });
  const server = await serveAir(air, { path }).catch((error: unknown) => {
    throw new CommandError(`The air cannot be served: ${whyRefused(error)}.`, {
      advice: ['Another path is given with --socket; an air that is served already can be used as it is.'],
      cause: error,
    });
  });
  const recording = trace === undefined ? undefined : recordTrace(air, trace);
  try {
    server.events$.subscribe((event) => report(event, io));
    await recording?.opened.catch(refuseTrace);
    (await introduce(path, timing, trace)).forEach(io.out);
    await untilOver(recording, io);
  } finally {
    await close(air, server, recording);
  }
}

function report(event: AirServerEvent, io: Io): void {
  switch (event.type) {
    case 'joined':
      return io.out(`+ ${printable(event.adapter.name)} (${event.adapter.address})`);
    case 'left':
      return io.out(`- ${printable(event.adapter.name)}: ${event.why}`);
    case 'refused':
      return io.err(`A client was refused: ${printable(event.why)}.`);
    default:
      return unreachable(event);
  }
}

async function introduce(path: string, timing: AirTiming, trace: string | undefined): Promise<string[]> {
  const time = timing.type === 'instant' ? 'without delay' : 'with the timing of a radio';
  return [
    `Tandem ${await readVersion()}`,
    `Simulated Bluetooth controllers at ${path}, ${time}`,
    ...(trace === undefined ? [] : [`Every packet is written to ${trace}`]),
    '',
    'Try, each in another terminal: a hub, the same account for a phone, the phone, and a message to it.',
    `  npx tandem start --air ${path}`,
    '  npx tandem account export | npx tandem account import --state-dir phone',
    `  npx tandem start --air ${path} --state-dir phone --name phone --role peripheral --echo --port 0`,
    '  npx tandem send phone "hello"',
    '',
    'Ctrl+C ends it.',
  ];
}

async function untilOver(recording: TraceRecording | undefined, { signal }: Io): Promise<void> {
  const ended = signal.aborted ? Promise.resolve() : once(signal, 'abort');
  const failed = recording?.done.catch(refuseTrace);
  await Promise.race(failed === undefined ? [ended] : [ended, failed]);
}

function refuseTrace(error: unknown): never {
  throw new CommandError(`The trace cannot be written: ${reasonOf(error)}.`, { cause: error });
}

async function close(air: Air, server: AirServer, recording: TraceRecording | undefined): Promise<void> {
  await server.close();
  air.close();
  // What went wrong with it has been said.
  await recording?.stop().catch(() => {});
}
