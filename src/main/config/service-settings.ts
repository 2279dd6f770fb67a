/** Settings of the service around the broker: shares of the gateway, its certificate, the log. */
import Type, { type Static } from 'typebox';
import { DEFAULT_SHARES, type ShareLimits } from '../../gateway/gateway-limits.js';
import { filled, oneOf, section } from './parts.js';

const share = (name: keyof ShareLimits, description: string) =>
  Type.Integer({ minimum: 0, default: DEFAULT_SHARES[name], description });

/** `gateway.limits` in the configuration. */
export const SharesSchema = section({
  callsPerSecond: share('callsPerSecond', 'Calls of one connection in a second; 0 is no limit, here and below.'),
  tokenCallsPerSecond: share('tokenCallsPerSecond', 'Calls of one access token in a second, over all connections.'),
  clientsPerToken: share('clientsPerToken', 'Connections of one access token.'),
  clientsPerAddress: share('clientsPerAddress', 'Connections of one address; this machine’s own has no limit.'),
  sessionsPerApp: share('sessionsPerApp', 'Sessions that one app holds.'),
});

/** `gateway.tls` in the configuration. */
export const TlsSchema = section({
  certFile: filled('PEM file: the gateway’s certificate, then those that lead to its authority.'),
  keyFile: filled('PEM file: the key of the certificate.'),
});
export type TlsFiles = Static<typeof TlsSchema>;

/** Least to most. */
const LOG_LEVELS = ['silent', 'error', 'warn', 'info'] as const;
const LOG_FORMATS = ['auto', 'json', 'words'] as const;

/** `log` in the configuration. */
export const LogSchema = section({
  level: oneOf(LOG_LEVELS, {
    default: 'warn',
    description: 'What is logged: `silent`, `error`, `warn`, or `info` with every client that comes and goes.',
  }),
  format: oneOf(LOG_FORMATS, {
    default: 'auto',
    description: '`json`: an object a line; `words` for people; `auto`: words on a terminal, else JSON.',
  }),
});
export type LogConfig = Static<typeof LogSchema>;
