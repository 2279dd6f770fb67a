/** `tandem start`: a broker with its gateway, until it is asked to end. */
import { once } from 'node:events';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type Command, readArguments, refuseMore } from '../command.js';
import { CommandError, ExitCode } from '../command-error.js';
import { DEFAULT_HOST, DEFAULT_PORT } from '../config/gateway-settings.js';
import type { SettingOption } from '../config/given.js';
import { loadConfig } from '../config/load-config.js';
import type { RadioRole } from '../config/radio-settings.js';
import type { Config } from '../config/schema.js';
import type { DemoAir } from '../demo.js';
import { registerEchoApp } from '../echo-app.js';
import { pageAddress } from '../gateway-file.js';
import type { Io } from '../io.js';
import { describeRadio, radioOptionsOf } from '../radio.js';
import type { Service } from '../service.js';
import { isLoopback } from '../shared-page.js';
import { findStateDirectory, prepareStateDirectory, StateFile } from '../state-directory.js';
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
    help: 'configuration file; config.yaml or config.json in the state directory if not given',
  },
  role: { type: 'string', value: 'ROLE', help: 'central (a hub), peripheral (a device) or both; central if not given' },
  adapter: { type: 'string', value: 'N', help: 'number of the Bluetooth adapter: 0 is hci0; the first if not given' },
  air: { type: 'string', value: 'SOCKET', help: 'simulated controllers of `tandem air` instead of real adapters' },
  mqtt: {
    type: 'string',
    value: 'URL',
    help: 'shows devices to a home-automation hub at this MQTT broker, such as mqtt://127.0.0.1:1883',
  },
  echo: { type: 'boolean', help: 'runs an app that sends back whatever it gets, for others to try' },
  demo: {
    type: 'boolean',
    help: 'adds a second device "phone" with an app that echoes, both on simulated controllers',
  },
} as const;

export const command: Command = {
  summary: 'runs a broker and its gateway until Ctrl+C',
  usage: ['start [OPTIONS]', 'start --air SOCKET [--role ROLE] [--echo] [OPTIONS]', 'start --demo [OPTIONS]'],
  details: [
    'The first start makes an account, device keys and a token for the other commands, for your eyes only.',
    'Options count before variables such as TANDEM_GATEWAY_PORT, and these before the configuration file.',
  ],
  options: OPTIONS,
  async run(args, io) {
    const { values, positionals } = readArguments(args, OPTIONS);
    refuseMore(positionals);
    if (values.demo) refuseRadioOptions(values);
    const directory = findStateDirectory(values['state-dir'], io.env);
    await prepareStateDirectory(directory);
    const lock = await lockState(directory);
    try {
      const places = { file: values.config, stateDirectory: directory, env: io.env, options: settingsIn(values) };
      const config = await loadConfig(places, io.err);
      await serve(directory, config, { isDemo: values.demo ?? false, hasEcho: values.echo ?? false }, io);
    } finally {
      await lock.release();
    }
    return ExitCode.ok;
  },
};

/** The demo has its own air, and roles that meet on it. */
function refuseRadioOptions(values: Chosen): void {
  const excess = (['role', 'adapter', 'air'] as const).find((name) => values[name] !== undefined);
  if (excess === undefined) return;
  throw new CommandError(`--demo has simulated controllers of its own and takes no --${excess}.`, {
    exitCode: ExitCode.usage,
  });
}

type SettingOptionName = keyof typeof SETTING_OPTIONS;
type Chosen = { readonly [Option in SettingOptionName]?: string | undefined };

/** Options that are settings, with the names of these. */
const SETTING_OPTIONS = {
  name: 'deviceName',
  host: 'gateway.host',
  port: 'gateway.port',
  role: 'radio.role',
  adapter: 'radio.adapter',
  air: 'radio.air',
  mqtt: 'mqtt.url',
} as const;

function settingsIn(values: Chosen): SettingOption[] {
  const options = Object.keys(SETTING_OPTIONS) as SettingOptionName[]; // a constant has no other keys
  return options.map((option) => ({ option, name: SETTING_OPTIONS[option], text: values[option] }));
}

interface Company {
  readonly isDemo: boolean;
  readonly hasEcho: boolean;
}

/** Loads what runs only now: reading the arguments and the lock have nothing to wait for. */
async function serve(directory: string, chosen: Config, { isDemo, hasEcho }: Company, io: Io): Promise<void> {
  const { startDemoAir } = await import('../demo.js');
  const air = isDemo ? await startDemoAir() : undefined;
  const config = air === undefined ? chosen : { ...chosen, radio: { ...chosen.radio, role: DEMO_ROLE, air: air.path } };
  try {
    const deviceName = config.deviceName ?? (isDemo ? DEMO_NAME : hostname());
    const service = await openService(directory, deviceName, config, air, io);
    // Where there is nothing to read, SIGHUP on a terminal says that it was closed: that is the end of the program, as of others.
    const isHangUp = io.isTerminal === true && !service.hasFiles;
    const stopReloads = isHangUp ? undefined : io.onReload?.(() => void service.reload());
    try {
      if (hasEcho) registerEchoApp(service.broker, (line) => io.out(`${deviceName}: ${line}`));
      await (air === undefined ? untilInterrupted(io) : serveDemo(directory, service, air, io));
    } finally {
      stopReloads?.();
      await service.close();
    }
  } finally {
    await air?.close();
  }
}

async function openService(
  directory: string,
  deviceName: string,
  config: Config,
  air: DemoAir | undefined,
  io: Io,
): Promise<Service> {
  const { startService } = await import('../service.js');
  const { demoControlOf } = await import('../demo.js');
  const { createBluetoothTransport } = await import('../../transport/ble/bluetooth.js');
  const { createLog } = await import('../log.js');
  const logger = createLog({ ...config.log, deviceName, isTerminal: io.isTerminal ?? false, write: io.err });
  const log = (line: string): void => logger.warn({ part: 'radio' }, line);
  const service = await startService({
    directory,
    deviceName,
    config,
    createTransport: (deviceId) => createBluetoothTransport({ ...radioOptionsOf(config.radio, deviceId), log }),
    logger,
    ...(air !== undefined && { demo: demoControlOf(air) }),
  });
  io.out(`Tandem ${await readVersion()}`);
  io.out(`${deviceName}: gateway at ${service.gateway.url}, state in ${directory}`);
  if (service.gateway.hasPage && air === undefined) {
    io.out(
      `${deviceName}: page at ${config.gateway.publicUrl ?? pageAddress(service.gateway)}, log in with the token in ${join(directory, StateFile.token)}`,
    );
  }
  io.out(`${deviceName}: ${ROLE_WORDS[config.radio.role]}, on ${describeRadio(config.radio)}`);
  if (service.hub !== undefined) io.out(`${deviceName}: hub ${service.hub.hubId}, on ${service.hub.server}`);
  if (config.gateway.tls === undefined && !isLoopback(config.gateway.host)) io.err(openToOthers(config.gateway.host));
  return service;
}

const DEMO_NAME = 'kitchen';
/** The phone is a peripheral. */
const DEMO_ROLE: RadioRole = 'central';

const ROLE_WORDS: Record<RadioRole, string> = {
  central: 'a hub (central)',
  peripheral: 'a device (peripheral)',
  both: 'a hub and a device (central and peripheral)',
};

async function serveDemo(directory: string, service: Service, air: DemoAir, io: Io): Promise<void> {
  const { broker, account } = service;
  const { PHONE, startPhone, untilMet } = await import('../demo.js');
  const phone = await startPhone({ directory, account, air, log: (line) => io.out(`${PHONE}: ${line}`) });
  try {
    io.out(`${PHONE}: ${ROLE_WORDS.peripheral} on the same air; its echo app sends back whatever it gets`);
    const hasMet = await untilMet(broker, phone, io.signal);
    if (!hasMet && !io.signal.aborted) io.err(`${PHONE} was not heard yet: tandem doctor tells what is wrong.`);
    const isElsewhere = directory !== findStateDirectory(undefined, io.env);
    const where = isElsewhere ? ` --state-dir ${directory}` : '';
    io.out('');
    io.out('Try, in another terminal:');
    io.out(`  npx tandem devices${where}`);
    io.out(`  npx tandem send ${PHONE} "hello"${where}`);
    io.out('');
    const links = showPage(service, io);
    io.out('Ctrl+C ends both devices.');
    await untilInterrupted(io);
    links?.unsubscribe();
  } finally {
    await phone.close();
  }
}

/** Shows the way into the page, and a new one whenever it was used: a code works once. */
function showPage({ gateway, pageLogin }: Service, io: Io): { unsubscribe(): void } | undefined {
  if (!gateway.hasPage) return undefined;
  const address = (): string => `${pageAddress(gateway)}#${pageLogin.makeFragment()}`;
  io.out('See it live, in a browser; this address logs in once:');
  io.out(`  ${address()}`);
  io.out('');
  return pageLogin.used$.subscribe(() => io.out(`The page is in use. For another browser: ${address()}`));
}

async function untilInterrupted({ signal }: Io): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}

function openToOthers(host: string): string {
  return `Warning: other machines can reach ${host}, and this traffic is not encrypted. Set gateway.tls, or put a TLS proxy before it.`;
}
