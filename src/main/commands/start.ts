/** `tandem start`: a broker with its gateway, until it is asked to end. */
import { once } from 'node:events';
import { hostname } from 'node:os';
import { type Define, JSON_OPTION, misuse } from '../command.js';
import { DEFAULT_HOST, DEFAULT_PORT } from '../config/gateway-settings.js';
import type { SettingOption } from '../config/given.js';
import { loadConfig } from '../config/load-config.js';
import type { RadioRole } from '../config/radio-settings.js';
import type { Config } from '../config/schema.js';
import type { DemoAir } from '../demo.js';
import { registerEchoApp } from '../echo-app.js';
import { pageAddress } from '../gateway-file.js';
import { radioLacks, radioOptionsOf } from '../radio.js';
import type { Service } from '../service.js';
import { isLoopback } from '../shared-page.js';
import { createStartReport, ROLE_WORDS, type StartReport } from '../start-report.js';
import { findStateDirectory, prepareStateDirectory } from '../state-directory.js';
import { lockState } from '../state-lock.js';
import type { Io } from '../terminal/io.js';

const DESCRIPTION = `Runs a broker and its gateway until Ctrl+C.

The first start makes an account, device keys and a token for the other commands, for your eyes only. Options count before variables such as TANDEM_GATEWAY_PORT, and these before the configuration file.`;

export const define: Define = (command, io) => {
  command
    .description(DESCRIPTION)
    .option('--name <NAME>', 'name other devices see; the name of this machine if not given')
    .option('--host <HOST>', `address the gateway listens on; ${DEFAULT_HOST} if not given`)
    .option('--port <PORT>', `port the gateway listens on; ${DEFAULT_PORT} if not given, 0 for any`)
    .option('--state-dir <DIR>', 'where account, keys and tokens are kept')
    .option('--config <FILE>', 'configuration file; config.yaml or config.json in the state directory if not given')
    .option('--role <ROLE>', 'central (a hub), peripheral (a device) or both; central if not given')
    .option('--adapter <N>', 'number of the Bluetooth adapter: 0 is hci0; the first if not given')
    .option('--air <SOCKET>', 'simulated controllers of tandem air instead of real adapters')
    .option('--mqtt <URL>', 'shows devices to a home-automation hub at this MQTT broker, such as mqtt://127.0.0.1:1883')
    .option('--echo', 'runs an app that sends back whatever it gets, for others to try')
    .option('--demo', 'adds a second device "phone" with an app that echoes, both on simulated controllers')
    .addOption(JSON_OPTION)
    .action(async ({ stateDir, config: file, echo = false, demo = false, json = false, ...chosen }) => {
      if (demo) refuseRadioOptions(chosen);
      const directory = findStateDirectory(stateDir, io.env);
      await prepareStateDirectory(directory);
      const lock = await lockState(directory);
      try {
        const places = { file, stateDirectory: directory, env: io.env, options: settingsIn(chosen) };
        const config = await loadConfig(places, io.err);
        await serve(directory, config, { isDemo: demo, hasEcho: echo, report: createStartReport(io, json) }, io);
      } finally {
        await lock.release();
      }
    });
};

/** The demo has its own air, and roles that meet on it. */
function refuseRadioOptions(values: Chosen): void {
  const excess = (['role', 'adapter', 'air'] as const).find((name) => values[name] !== undefined);
  if (excess === undefined) return;
  throw misuse(`--demo has simulated controllers of its own and takes no --${excess}.`);
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
  readonly report: StartReport;
}

/** Loads what runs only now: reading the arguments and the lock have nothing to wait for. */
async function serve(directory: string, chosen: Config, { isDemo, hasEcho, report }: Company, io: Io): Promise<void> {
  const { startDemoAir } = await import('../demo.js');
  const air = isDemo ? await startDemoAir(directory) : undefined;
  const config = air === undefined ? chosen : { ...chosen, radio: { ...chosen.radio, role: DEMO_ROLE, air: air.path } };
  try {
    const deviceName = config.deviceName ?? (isDemo ? DEMO_NAME : hostname());
    const service = await openService(directory, deviceName, config, air, io);
    await report.started({ service, deviceName, directory, config, isDemo });
    radioLacks(config.radio).forEach(io.err);
    if (config.gateway.tls === undefined && !isLoopback(config.gateway.host)) io.err(openToOthers(config.gateway.host));
    // Where there is nothing to read, SIGHUP on a terminal says that it was closed: that is the end of the program, as of others.
    const isHangUp = io.isTerminal === true && !service.hasFiles;
    const stopReloads = isHangUp ? undefined : io.onReload?.(() => void service.reload());
    try {
      if (hasEcho) registerEchoApp(service.broker, (words) => report.app(deviceName, words));
      await (air === undefined ? untilInterrupted(io) : serveDemo(directory, service, air, report, io));
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
  return startService({
    directory,
    deviceName,
    config,
    createTransport: (deviceId) => createBluetoothTransport({ ...radioOptionsOf(config.radio, deviceId), log }),
    logger,
    ...(air !== undefined && { demo: demoControlOf(air) }),
  });
}

const DEMO_NAME = 'kitchen';
/** The phone is a peripheral. */
const DEMO_ROLE: RadioRole = 'central';

async function serveDemo(
  directory: string,
  service: Service,
  air: DemoAir,
  report: StartReport,
  io: Io,
): Promise<void> {
  const { broker, account } = service;
  const { PHONE, startPhone, untilMet } = await import('../demo.js');
  const phone = await startPhone({ directory, account, air, log: (words) => report.app(PHONE, words) });
  try {
    report.app(PHONE, `${ROLE_WORDS.peripheral} on the same air; its echo app sends back whatever it gets`);
    const hasMet = await untilMet(broker, phone, io.signal);
    if (!hasMet && !io.signal.aborted) io.err(`${PHONE} was not heard yet: tandem doctor tells what is wrong.`);
    const isElsewhere = directory !== findStateDirectory(undefined, io.env);
    report.demo({
      deviceName: PHONE,
      login: loginAddress(service),
      airPath: air.path,
      options: isElsewhere ? ` --state-dir ${directory}` : '',
    });
    // A code works once.
    const logins = service.pageLogin.used$.subscribe(() => {
      const address = loginAddress(service);
      if (address !== undefined) report.login(address);
    });
    await untilInterrupted(io);
    logins.unsubscribe();
  } finally {
    await phone.close();
  }
}

/** The way into the page, with a new code. */
function loginAddress({ gateway, pageLogin }: Service): string | undefined {
  return gateway.hasPage ? `${pageAddress(gateway)}#${pageLogin.makeFragment()}` : undefined;
}

async function untilInterrupted({ signal }: Io): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}

function openToOthers(host: string): string {
  return `Warning: other machines can reach ${host}, and this traffic is not encrypted. Set gateway.tls, or put a TLS proxy before it.`;
}
