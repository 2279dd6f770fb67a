/**
 * The settings of a broker: the one home of their names, bounds, defaults and descriptions. The file, the environment, `tandem config`,
 * docs/configuration.md and docs/config.schema.json all follow from this; a new setting is one entry here.
 * A setting with a default is not Optional: where it is not given, its default is filled in before anything is checked.
 */
import Type, { type Static } from 'typebox';
import { AppSchema } from './app-settings.js';
import { GatewaySchema } from './gateway-settings.js';
import { MqttSchema } from './mqtt-settings.js';
import { filled, section } from './parts.js';
import { RadioSchema } from './radio-settings.js';
import { LogSchema } from './service-settings.js';

export const ConfigSchema = section({
  deviceName: Type.Optional(filled('Name other devices see; the name of this machine if not given.')),
  isCollaborationEnabled: Type.Boolean({
    default: true,
    description: 'Whether apps may create sessions; if not, they get code 801.',
  }),
  gateway: GatewaySchema,
  log: LogSchema,
  radio: RadioSchema,
  mqtt: Type.Optional(MqttSchema),
  apps: Type.Array(AppSchema, {
    default: [],
    description: 'Apps to start when a peer asks for them and they do not run.',
  }),
});

/** Settings with every default filled in, except the name of the machine. */
export type Config = Static<typeof ConfigSchema>;
