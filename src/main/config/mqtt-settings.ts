/** Settings of a hub for home automation. */
import Type, { type Static } from 'typebox';
import { DEFAULT_BASE, DEFAULT_DISCOVERY, DISCOVERY_MODES, HUB_APP, REQUEST_POLICIES } from '../../hub/settings.js';
import { MAX_HUB_SERVICES } from '../../protocol/hub-limits.js';
import { MAX_SERVICE_NAME_CHARACTERS } from '../../protocol/limits.js';
import { ECHO_APP, ECHO_SERVICE } from '../echo-app.js';
import { filled, oneOf, section } from './parts.js';

const slug = (description: string, rest: { readonly default?: string } = {}) =>
  Type.String({ pattern: '^[a-zA-Z0-9_-]{1,64}$', ...rest, description });
const topic = (description: string, value: string) =>
  Type.String({ pattern: '^[^+#\\u0000/$][^+#\\u0000]*$', maxLength: 128, default: value, description });

const DiscoverySchema = section({
  mode: oneOf(DISCOVERY_MODES, {
    default: DEFAULT_DISCOVERY.mode,
    description: '`device` sends one message for each device, `component` one for each entity, `off` none.',
  }),
  prefix: topic('First levels of the topics of discovery.', DEFAULT_DISCOVERY.prefix),
  statusTopic: topic('Where Home Assistant says that it is back.', DEFAULT_DISCOVERY.statusTopic),
});

const ServiceSchema = section({
  serviceName: Type.String({
    minLength: 1,
    maxLength: MAX_SERVICE_NAME_CHARACTERS,
    description: 'What the sessions are about.',
  }),
  bundleName: filled('Bundle of the peer app.'),
  moduleName: filled('Module of the peer app.'),
  abilityName: filled('Ability of the peer app.'),
  onRequest: oneOf(REQUEST_POLICIES, {
    default: 'button',
    description:
      'A peer that asks is accepted (`accept`), waits up to 10 s for the button (`button`), or is refused (`never`).',
  }),
});

const AppSchema = section({
  bundleName: filled('Bundle of the app that the hub’s sessions belong to.', { default: HUB_APP.bundleName }),
  moduleName: filled('Its module.', { default: HUB_APP.moduleName }),
  abilityName: filled('Its ability.', { default: HUB_APP.abilityName }),
});

/** `mqtt` in the configuration; without it there is no hub. */
export const MqttSchema = section({
  url: Type.String({
    pattern: '^(mqtts?|wss?)://.',
    description: 'The MQTT broker: `mqtt://`, `mqtts://`, `ws://` or `wss://`, host and port.',
  }),
  version: oneOf<'5' | '3.1.1'>(['5', '3.1.1'], { default: '5', description: 'Version of MQTT.' }),
  username: Type.Optional(filled('User at the MQTT broker.')),
  passwordFile: Type.Optional(filled('File with the password, which is not kept in the configuration.')),
  caFile: Type.Optional(filled('Certificates in PEM to trust instead of the system’s.')),
  certFile: Type.Optional(filled('Certificate of this hub in PEM, for brokers that ask for one.')),
  keyFile: Type.Optional(filled('Private key that belongs to `mqtt.certFile`, in PEM.')),
  base: slug('First level of the hub’s topics.', { default: DEFAULT_BASE }),
  hub: Type.Optional(
    slug('Second level of the hub’s topics, different for every hub; made of the device name if not given.'),
  ),
  area: Type.Optional(filled('Room that Home Assistant suggests for the hub and the devices that it shows.')),
  discovery: DiscoverySchema,
  app: AppSchema,
  services: Type.Array(ServiceSchema, {
    maxItems: MAX_HUB_SERVICES,
    default: [{ serviceName: ECHO_SERVICE, ...ECHO_APP, onRequest: 'button' }],
    description: 'Peer apps to hold sessions with, on every device of the account; the echo app if not given.',
  }),
});

export type MqttConfig = Static<typeof MqttSchema>;
