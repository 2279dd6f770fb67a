/** `tandem air`: simulated Bluetooth controllers for brokers in other processes, until it is asked to end. */
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { Option } from '@commander-js/extra-typings';
import { unreachable } from '../../protocol/unreachable.js';
import type { Air, AirTiming } from '../../transport/air/air.js';
import type { AirServer, AirServerEvent } from '../../transport/air/air-server.js';
import type { TraceRecording } from '../../transport/air/record-trace.js';
import { type Define, JSON_OPTION, misuse, wholeNumber } from '../command.js';
import { CommandError, reasonOf } from '../command-error.js';
import { findStateDirectory, prepareStateDirectory, StateFile } from '../state-directory.js';
import { whyRefused } from '../system-words.js';
import type { Io } from '../terminal/io.js';
import { readVersion } from '../version.js';

const MOST_PACKETS_PER_EVENT = 64;
const TIMINGS = ['instant', 'modelled'] as const;

const DESCRIPTION = `Serves simulated Bluetooth controllers until Ctrl+C.

Brokers started with tandem start --air PATH meet on it, without any Bluetooth hardware. The socket speaks H4; other Bluetooth stacks can use it as they use the one of btvirt.`;

export const define: Define = (command, io) => {
  command
    .description(DESCRIPTION)
    .option('--socket <PATH>', 'where to serve it; air.sock in the state directory if not given')
    .option('--trace <FILE>', 'write every packet to a file for Wireshark or btmon')
    .addOption(
      new Option('--timing <KIND>', 'instant, or modelled on a real radio')
        .choices(TIMINGS)
        .default('instant' as const),
    )
    .option(
      '--packets-per-event <N>',
      'with modelled timing: packets in each connection event; 6 if not given',
      wholeNumber(1, MOST_PACKETS_PER_EVENT),
    )
    .addOption(JSON_OPTION)
    .option('--state-dir <DIR>', 'the state directory, for the socket')
    .action(async ({ socket, trace, timing: kind, packetsPerEvent, json = false, stateDir }) => {
      const timing = timingOf(kind, packetsPerEvent);
      const path = socket === undefined ? await defaultPath(stateDir, io) : resolve(socket);
      await serve({ path, timing, trace, isJson: json }, io);
    });
};

interface Wanted {
  readonly path: string;
  readonly timing: AirTiming;
  readonly trace: string | undefined;
  readonly isJson: boolean;
}

function timingOf(type: AirTiming['type'], packetsPerEvent: number | undefined): AirTiming {
  if (type === 'modelled') return { type, ...(packetsPerEvent !== undefined && { packetsPerEvent }) };
  if (packetsPerEvent !== undefined) throw misuse('--packets-per-event needs --timing modelled.');
  return { type };
}

/** No other user may enter the directory, so none reaches the socket. */
async function defaultPath(option: string | undefined, io: Io): Promise<string> {
  const directory = findStateDirectory(option, io.env);
  await prepareStateDirectory(directory);
  return join(directory, StateFile.air);
}

/** Loads the air only now: reading the arguments has nothing to wait for. */
async function serve({ path, timing, trace, isJson }: Wanted, io: Io): Promise<void> {
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
    server.events$.subscribe((event) => report(event, isJson, io));
    await recording?.opened.catch(refuseTrace);
    if (isJson) io.json({ type: 'serving', socket: path, timing, ...(trace !== undefined && { trace }) });
    else (await introduce(path, timing, trace)).forEach(io.out);
    await untilOver(recording, io);
  } finally {
    await close(air, server, recording);
  }
}

function report(event: AirServerEvent, isJson: boolean, io: Io): void {
  if (isJson) return io.json(event);
  switch (event.type) {
    case 'joined':
      return io.out(`+ ${event.adapter.name} (${event.adapter.address})`);
    case 'left':
      return io.out(`- ${event.adapter.name}: ${event.why}`);
    case 'refused':
      return io.err(`A client was refused: ${event.why}.`);
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
