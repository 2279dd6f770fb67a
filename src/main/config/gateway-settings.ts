/** Settings of the gateway. */
import Type from 'typebox';
import { addressRange, filled, section } from './parts.js';
import { SharesSchema, TlsSchema } from './service-settings.js';

/** Port of the gateway where nothing else is said. */
export const DEFAULT_PORT = 8_420;
/** Only programs on this machine reach the gateway where nothing else is said. */
export const DEFAULT_HOST = '127.0.0.1';

/** `gateway` in the configuration. */
export const GatewaySchema = section({
  host: filled('Address to listen on. Anything but loopback wants `gateway.tls`, or others read the traffic.', {
    default: DEFAULT_HOST,
  }),
  port: Type.Integer({
    minimum: 0,
    maximum: 65_535,
    default: DEFAULT_PORT,
    description: 'TCP port to listen on; 0 takes any free one.',
  }),
  publicUrl: Type.Optional(
    Type.String({
      pattern: '^https?://[^/?#]+/?$',
      description: 'Where people reach the page, such as `https://tandem.home`, if that is a proxy’s address.',
    }),
  ),
  allowedOrigins: Type.Array(
    filled('An origin, such as `http://hub.local:8123`.', { pattern: '^[a-zA-Z][^:]*://[^/]' }),
    {
      default: [],
      description: 'Origins of web pages that may connect, besides the gateway’s own.',
    },
  ),
  trustedProxies: Type.Array(addressRange('An IP address, or a range such as `10.0.0.0/8`.'), {
    default: [],
    description: 'Addresses of proxies whose `X-Forwarded-For` says where a client is.',
  }),
  limits: SharesSchema,
  tls: Type.Optional(TlsSchema),
});
