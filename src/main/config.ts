/** The settings of a broker, from a JSON file: the one home of their names, bounds and defaults. docs/configuration.md lists the same. */
import { join } from 'node:path';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/schema';
import type { StartableApp } from '../broker/app-starter.js';
import { DEFAULT_SHARES, type ShareLimits } from '../gateway/gateway-limits.js';
import type { HciChannel } from '../transport/ble/radio-options.js';
import { CommandError, reasonOf } from './command-error.js';
import { type LogConfig, LogSchema, logDefaults, SharesSchema, type TlsFiles, TlsSchema } from './config-service.js';
import type { Io } from './io.js';
import {
  MqttAppSchema,
  type MqttConfig,
  MqttDiscoverySchema,
  MqttSchema,
  MqttServiceSchema,
  mqttWithDefaults,
} from './mqtt-config.js';
import { readIfThere } from './private-file.js';
import { StateFile } from './state-directory.js';
import { findSuggestion } from './suggestion.js';

/** Port of the gateway where nothing else is said. */
export const DEFAULT_PORT = 8_420;
/** Only programs on this machine reach the gateway where nothing else is said. */
export const DEFAULT_HOST = '127.0.0.1';
/** Problems shown at once; the rest usually follow from them. */
const MAX_PROBLEMS = 5;

/** Which halves the radio of this device has. */
export const RADIO_ROLES = ['central', 'peripheral', 'both'] as const;
export type RadioRole = (typeof RADIO_ROLES)[number];

const strict = { additionalProperties: false };
const filled = (description: string) => Type.String({ minLength: 1, description });

const GatewaySchema = Type.Object(
  {
    host: Type.Optional(
      Type.String({
        minLength: 1,
        default: DEFAULT_HOST,
        description: 'Address to listen on. Anything but loopback wants `gateway.tls`, or others read the traffic.',
      }),
    ),
    port: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 65_535,
        default: DEFAULT_PORT,
        description: 'TCP port to listen on; 0 takes any free one.',
      }),
    ),
    allowedOrigins: Type.Optional(
      Type.Array(filled('An origin, such as `http://hub.local:8123`.'), {
        default: [],
        description: 'Origins of web pages that may connect, besides the gateway’s own.',
      }),
    ),
    limits: Type.Optional(SharesSchema),
    tls: Type.Optional(TlsSchema),
  },
  strict,
);

const RadioSchema = Type.Object(
  {
    role: Type.Optional(
      Type.Unsafe<RadioRole>({
        type: 'string',
        enum: [...RADIO_ROLES],
        default: 'central',
        description:
          'A hub is `central` and holds many links, a device is `peripheral` and holds one; `both` is best with two adapters.',
      }),
    ),
    adapter: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 255,
        description: 'Number of the Bluetooth adapter: 0 is hci0. The first one that is there if not given.',
      }),
    ),
    peripheralAdapter: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 255,
        description:
          'Only where the role is `both`: the adapter of the peripheral. If not given, `radio.adapter` has both roles, which works less well.',
      }),
    ),
    channel: Type.Optional(
      Type.Unsafe<HciChannel>({
        type: 'string',
        enum: ['user', 'raw'],
        default: 'user',
        description: 'How Linux gives Tandem the adapter: `user` has it alone, `raw` shares it and may block for long.',
      }),
    ),
    air: Type.Optional(filled('Socket of `tandem air` or btvirt: simulated controllers instead of real adapters.')),
  },
  strict,
);

const StartSchema = Type.Object(
  {
    command: Type.Unsafe<[string, ...string[]]>(
      Type.Array(Type.String(), { minItems: 1, description: 'Program and arguments; no shell reads them.' }),
    ),
    workingDirectory: Type.Optional(filled('Where the program runs; the broker’s own directory if not given.')),
    environment: Type.Optional(
      Type.Record(Type.String(), Type.String(), { description: 'Variables added to the broker’s own environment.' }),
    ),
  },
  strict,
);

const AppSchema = Type.Object(
  {
    bundleName: filled('Bundle of the app, as its peers name it.'),
    moduleName: filled('Module of the app.'),
    abilityName: filled('Ability of the app.'),
    start: StartSchema,
  },
  strict,
);

/** What the file may hold. Every description is the text in docs/configuration.md. */
export const ConfigSchema = Type.Object(
  {
    deviceName: Type.Optional(filled('Name other devices see; the name of this machine if not given.')),
    isCollaborationEnabled: Type.Optional(
      Type.Boolean({ default: true, description: 'Whether apps may create sessions; if not, they get code 801.' }),
    ),
    gateway: Type.Optional(GatewaySchema),
    log: Type.Optional(LogSchema),
    radio: Type.Optional(RadioSchema),
    mqtt: Type.Optional(MqttSchema),
    apps: Type.Optional(
      Type.Array(AppSchema, {
        default: [],
        description: 'Apps to start when a peer asks for them and they do not run.',
      }),
    ),
  },
  strict,
);

/** Settings with every default filled in, except the name of the machine. */
export interface Config {
  readonly deviceName: string | undefined;
  readonly isCollaborationEnabled: boolean;
  readonly gateway: GatewayConfig;
  readonly log: LogConfig;
  readonly radio: RadioConfig;
  /** Undefined: no hub for home automation. */
  readonly mqtt: MqttConfig | undefined;
  readonly apps: readonly StartableApp[];
}

export interface GatewayConfig {
  readonly host: string;
  readonly port: number;
  readonly allowedOrigins: readonly string[];
  readonly limits: ShareLimits;
  /** Plain HTTP and WebSocket without. */
  readonly tls: TlsFiles | undefined;
}

export interface RadioConfig {
  readonly role: RadioRole;
  readonly adapter: number | undefined;
  readonly peripheralAdapter: number | undefined;
  readonly channel: HciChannel;
  readonly air: string | undefined;
}

/** Reads `--config`, else TANDEM_CONFIG, else config.json of the state directory if there is one. Throws CommandError (failed). */
export async function loadConfig(option: string | undefined, stateDirectory: string, env: Io['env']): Promise<Config> {
  const chosen = option ?? env['TANDEM_CONFIG'];
  const path = chosen ?? join(stateDirectory, StateFile.config);
  const text = await readIfThere(path);
  if (text === undefined && chosen !== undefined) {
    throw new CommandError(`There is no configuration file ${path}.`);
  }
  return text === undefined ? withDefaults({}) : parseConfig(text, path);
}

/** Reads the text of a file; `path` is for the words of the error, which names every setting that is wrong and why. */
export function parseConfig(text: string, path: string): Config {
  const value = parseJson(text, path);
  const validator = Compile(ConfigSchema);
  if (validator.Check(value)) return withDefaults(value);
  const [, errors] = validator.Errors(value);
  const problems = errors.flatMap(describeProblem);
  throw new CommandError(`${path} is not a valid configuration:`, {
    advice: [
      ...problems.slice(0, MAX_PROBLEMS).map((problem) => `  ${problem}`),
      'docs/configuration.md lists the settings.',
    ],
  });
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CommandError(`${path} is not JSON: ${reasonOf(error)}`, { cause: error });
  }
}

function withDefaults(value: Static<typeof ConfigSchema>): Config {
  return {
    deviceName: value.deviceName,
    isCollaborationEnabled: value.isCollaborationEnabled ?? true,
    gateway: {
      host: value.gateway?.host ?? DEFAULT_HOST,
      port: value.gateway?.port ?? DEFAULT_PORT,
      allowedOrigins: value.gateway?.allowedOrigins ?? [],
      limits: { ...DEFAULT_SHARES, ...value.gateway?.limits },
      tls: value.gateway?.tls,
    },
    log: logDefaults(value.log),
    radio: {
      role: value.radio?.role ?? 'central',
      adapter: value.radio?.adapter,
      peripheralAdapter: value.radio?.peripheralAdapter,
      channel: value.radio?.channel ?? 'user',
      air: value.radio?.air,
    },
    mqtt: value.mqtt && mqttWithDefaults(value.mqtt),
    apps: value.apps ?? [],
  };
}

interface Problem {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message: string;
  readonly params: object;
}

function describeProblem({ keyword, instancePath, message, params }: Problem): string[] {
  const name = instancePath.slice(1).replaceAll('/', '.') || 'the file';
  // An unknown name is reported twice: by itself ("boolean", the schema false) and by the object around it.
  if (keyword === 'additionalProperties') return [];
  if ('allowedValues' in params && Array.isArray(params.allowedValues)) {
    return [`${name} ${message}: ${params.allowedValues.join(', ')}`];
  }
  if (keyword !== 'boolean') return [`${name} ${message}`];
  const suggestion = findSuggestion(name.split('.').at(-1) ?? name, SETTING_NAMES);
  return [`${name} is not a setting${suggestion === undefined ? '' : `; is ${suggestion} meant?`}`];
}

const SETTING_NAMES = [
  ...[ConfigSchema, GatewaySchema, RadioSchema, AppSchema, StartSchema],
  ...[SharesSchema, TlsSchema, LogSchema],
  ...[MqttSchema, MqttDiscoverySchema, MqttAppSchema, MqttServiceSchema],
].flatMap(({ properties }) => Object.keys(properties));
