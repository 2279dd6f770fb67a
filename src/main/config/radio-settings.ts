/** Settings of the radio. */
import Type, { type Static } from 'typebox';
import type { HciChannel } from '../../transport/ble/radio-options.js';
import { filled, oneOf, section } from './parts.js';

/** Which halves the radio of this device has. */
const RADIO_ROLES = ['central', 'peripheral', 'both'] as const;
export type RadioRole = (typeof RADIO_ROLES)[number];

/** `radio` in the configuration. */
export const RadioSchema = section({
  role: oneOf(RADIO_ROLES, {
    default: 'central',
    description:
      'A hub is `central` and holds many links, a device is `peripheral` and holds one; `both` is best with two adapters.',
  }),
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
  channel: oneOf<HciChannel>(['user', 'raw'], {
    default: 'user',
    description: 'How Linux gives Tandem the adapter: `user` has it alone, `raw` shares it and may block for long.',
  }),
  air: Type.Optional(filled('Socket of `tandem air` or btvirt: simulated controllers instead of real adapters.')),
});

export type RadioConfig = Static<typeof RadioSchema>;
