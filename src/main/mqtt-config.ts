/** The settings below `mqtt`: a hub for home automation. docs/configuration.md lists the same. */
import Type, { type Static } from 'typebox';
import {
  DEFAULT_BASE,
  DEFAULT_DISCOVERY,
  DISCOVERY_MODES,
  type DiscoveryMode,
  HUB_APP,
  type HubService,
  REQUEST_POLICIES,
  type RequestPolicy,
} from '../hub/settings.js';
import type { AppName } from '../protocol/collaboration.js';
import { MAX_HUB_SERVICES, MAX_SERVICE_NAME_CHARACTERS } from '../protocol/limits.js';
import { CommandError, ExitCode } from './command-error.js';
import { ECHO_APP, ECHO_SERVICE } from './echo-app.js';

const strict = { additionalProperties: false };
const filled = (description: string) => Type.String({ minLength: 1, description });
const slug = (description: string, rest: { readonly default?: string } = {}) =>
  Type.String({ pattern: '^[a-zA-Z0-9_-]{1,64}$', ...rest, description });
const topic = (description: string, value: string) =>
  Type.String({ pattern: '^[^+#\\u0000/$][^+#\\u0000]*$', maxLength: 128, default: value, description });

const MQTT_URL = '^(mqtts?|wss?)://.';

export const MqttDiscoverySchema = Type.Object(
  {
    mode: Type.Optional(
      Type.Unsafe<DiscoveryMode>({
        type: 'string',
        enum: [...DISCOVERY_MODES],
        default: DEFAULT_DISCOVERY.mode,
        description: '`device` sends one message for each device, `component` one for each entity, `off` none.',
      }),
    ),
    prefix: Type.Optional(topic('First levels of the topics of discovery.', DEFAULT_DISCOVERY.prefix)),
    statusTopic: Type.Optional(topic('Where Home Assistant says that it is back.', DEFAULT_DISCOVERY.statusTopic)),
  },
  strict,
);

const appNames = {
  bundleName: filled('Bundle of the peer app.'),
  moduleName: filled('Module of the peer app.'),
  abilityName: filled('Ability of the peer app.'),
};

export const MqttServiceSchema = Type.Object(
  {
    serviceName: Type.String({
      minLength: 1,
      maxLength: MAX_SERVICE_NAME_CHARACTERS,
      description: 'What the sessions are about.',
    }),
    ...appNames,
    onRequest: Type.Optional(
      Type.Unsafe<RequestPolicy>({
        type: 'string',
        enum: [...REQUEST_POLICIES],
        default: 'button',
        description:
          'A peer that asks is accepted (`accept`), waits up to 10 s for the button (`button`), or is refused (`never`).',
      }),
    ),
  },
  strict,
);

export const MqttAppSchema = Type.Object(
  {
    bundleName: filled('Bundle of the app that the hub’s sessions belong to; `tandem.hub` if there is no `mqtt.app`.'),
    moduleName: filled('Its module; `entry` if there is no `mqtt.app`.'),
    abilityName: filled('Its ability; `HubAbility` if there is no `mqtt.app`.'),
  },
  strict,
);

export const MqttSchema = Type.Object(
  {
    url: Type.String({
      pattern: MQTT_URL,
      description: 'The MQTT broker: `mqtt://`, `mqtts://`, `ws://` or `wss://`, host and port.',
    }),
    version: Type.Optional(
      Type.Unsafe<'5' | '3.1.1'>({
        type: 'string',
        enum: ['5', '3.1.1'],
        default: '5',
        description: 'Version of MQTT.',
      }),
    ),
    username: Type.Optional(filled('User at the MQTT broker.')),
    passwordFile: Type.Optional(filled('File with the password, which is not kept in the configuration.')),
    caFile: Type.Optional(filled('Certificates in PEM to trust instead of the system’s.')),
    certFile: Type.Optional(filled('Certificate of this hub in PEM, for brokers that ask for one.')),
    keyFile: Type.Optional(filled('Private key that belongs to `mqtt.certFile`, in PEM.')),
    base: Type.Optional(slug('First level of the hub’s topics.', { default: DEFAULT_BASE })),
    hub: Type.Optional(
      slug('Second level of the hub’s topics, different for every hub; made of the device name if not given.'),
    ),
    discovery: Type.Optional(MqttDiscoverySchema),
    app: Type.Optional(MqttAppSchema),
    services: Type.Optional(
      Type.Array(MqttServiceSchema, {
        maxItems: MAX_HUB_SERVICES,
        description: 'Peer apps to hold sessions with, on every device of the account; the echo app if not given.',
      }),
    ),
  },
  strict,
);

/** Settings with every default filled in. */
export interface MqttConfig {
  readonly url: string;
  readonly version: '5' | '3.1.1';
  readonly username: string | undefined;
  readonly passwordFile: string | undefined;
  readonly caFile: string | undefined;
  readonly certFile: string | undefined;
  readonly keyFile: string | undefined;
  readonly base: string;
  readonly hub: string | undefined;
  readonly discovery: { readonly mode: DiscoveryMode; readonly prefix: string; readonly statusTopic: string };
  readonly app: AppName;
  readonly services: readonly HubService[];
}

export function mqttWithDefaults(value: Static<typeof MqttSchema>): MqttConfig {
  const { services = [{ serviceName: ECHO_SERVICE, ...ECHO_APP }] } = value;
  return {
    url: value.url,
    version: value.version ?? '5',
    username: value.username,
    passwordFile: value.passwordFile,
    caFile: value.caFile,
    certFile: value.certFile,
    keyFile: value.keyFile,
    base: value.base ?? DEFAULT_BASE,
    hub: value.hub,
    discovery: { ...DEFAULT_DISCOVERY, ...value.discovery },
    app: value.app ?? HUB_APP,
    services: services.map((service) => ({ onRequest: 'button', ...service })),
  };
}

/** What `--mqtt` says: another broker for the hub that is configured, or a hub with every default. Throws CommandError (usage). */
export function mqttAt(url: string, configured: MqttConfig | undefined): MqttConfig {
  if (!new RegExp(MQTT_URL).test(url) || !URL.canParse(url)) {
    throw new CommandError(`--mqtt takes a URL such as mqtt://127.0.0.1:1883; not "${url}".`, {
      exitCode: ExitCode.usage,
    });
  }
  return configured === undefined ? mqttWithDefaults({ url }) : { ...configured, url };
}
