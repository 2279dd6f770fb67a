/** `tandem start`: a broker with its gateway, until it is asked to end. */
import { once } from 'node:events';
import { hostname } from 'node:os';
import type { MemoryAir } from '../../transport/memory.js';
import { type Command, readArguments, readNumber, refuseMore } from '../command.js';
import { ExitCode } from '../command-error.js';
import { type Config, DEFAULT_HOST, DEFAULT_PORT, loadConfig } from '../config.js';
import type { Io } from '../io.js';
import { findStateDirectory, prepareStateDirectory } from '../state-directory.js';
import { lockState } from '../state-lock.js';
import { readVersion } from '../version.js';

const OPTIONS = {
  name: { type: 'string', value: 'NAME', help: 'name other devices see; the name of this machine if not given' },
  host: { type: 'string', value: 'HOST', help: `address the gateway listens on; ${DEFAULT_HOST} if not given` },
  port: { type: 'string', value: 'PORT', help: `port the gateway listens on; ${DEFAULT_PORT} if not given, 0 for any` },
  'state-dir': { type: 'string', value: 'DIR', help: 'where account, keys and tokens are kept' },
  config: {
    type: 'string',
    value: 'FILE',
    help: 'configuration file; config.json in the state directory if not given',
  },
  demo: { type: 'boolean', help: 'adds a second, simulated device "phone" with an app that echoes' },
} as const;

export const command: Command = {
  summary: 'runs a broker and its gateway until Ctrl+C',
  usage: ['start [--name NAME] [--host HOST] [--port PORT] [--state-dir DIR] [--config FILE] [--demo]'],
  details: [
    'The first start makes an account, device keys and a token for the other commands, for your eyes only.',
    'Options count before the configuration file.',
  ],
  options: OPTIONS,
  async run(args, io) {
    const { values, positionals } = readArguments(args, OPTIONS);
    refuseMore(positionals);
    const directory = findStateDirectory(values['state-dir'], io.env);
    await prepareStateDirectory(directory);
    const lock = await lockState(directory);
    try {
      const config = withOptions(await loadConfig(values.config, directory, io.env), values);
      await serve(directory, config, values.demo ?? false, io);
    } finally {
      await lock.release();
    }
    return ExitCode.ok;
  },
};

interface Chosen {
  readonly name?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: string | undefined;
}

function withOptions(config: Config, { name, host, port }: Chosen): Config {
  return {
    ...config,
    deviceName: name ?? config.deviceName,
    gateway: {
      ...config.gateway,
      host: host ?? config.gateway.host,
      port: port === undefined ? config.gateway.port : readNumber('port', port, 0, 65_535),
    },
  };
}

/** Loads what runs only now: reading the arguments and the lock have nothing to wait for. */
async function serve(directory: string, config: Config, isDemo: boolean, io: Io): Promise<void> {
  const [{ startService }, { createMemoryAir }] = await Promise.all([
    import('../service.js'),
    import('../../transport/memory.js'),
  ]);
  const air = createMemoryAir();
  const deviceName = config.deviceName ?? (isDemo ? DEMO_NAME : hostname());
  const service = await startService({ directory, deviceName, config, createTransport: air.transport, log: io.err });
  try {
    io.out(`Tandem ${await readVersion()}`);
    io.out(`${deviceName}: gateway at ${service.gateway.url}, state in ${directory}`);
    if (!isLoopback(config.gateway.host)) io.err(openToOthers(config.gateway.host));
    if (!isDemo) io.out('No radio is attached yet: --demo adds a simulated device to talk to.');
    await (isDemo ? serveDemo(directory, service.account, air, io) : untilInterrupted(io));
  } finally {
    await service.close();
  }
}

const DEMO_NAME = 'kitchen';

async function serveDemo(directory: string, account: string, air: MemoryAir, io: Io): Promise<void> {
  const { PHONE, startPhone } = await import('../demo.js');
  const phone = await startPhone({ directory, account, air, log: (line) => io.out(`${PHONE}: ${line}`) });
  try {
    io.out(`${PHONE}: a second device in simulated air; its echo app sends back whatever it gets`);
    const isElsewhere = directory !== findStateDirectory(undefined, io.env);
    const where = isElsewhere ? ` --state-dir ${directory}` : '';
    io.out('');
    io.out('Try, in another terminal:');
    io.out(`  npx tandem devices${where}`);
    io.out(`  npx tandem send ${PHONE} "hello"${where}`);
    io.out('');
    io.out('Ctrl+C ends both devices.');
    await untilInterrupted(io);
  } finally {
    await phone.close();
  }
}

async function untilInterrupted({ signal }: Io): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

function openToOthers(host: string): string {
  return `Warning: other machines can reach ${host}, and this traffic is not encrypted. Put a TLS proxy before it.`;
}
