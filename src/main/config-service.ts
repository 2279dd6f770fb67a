/** Settings of the service around the broker: shares of the gateway, TLS, the log. Part of config.ts. */
import Type, { type Static } from 'typebox';
import { DEFAULT_SHARES, type ShareLimits } from '../gateway/gateway-limits.js';

const strict = { additionalProperties: false };

const share = (name: keyof ShareLimits, description: string) =>
  Type.Optional(Type.Integer({ minimum: 0, default: DEFAULT_SHARES[name], description }));

/** `gateway.limits`. */
export const SharesSchema = Type.Object(
  {
    callsPerSecond: share('callsPerSecond', 'Calls of one connection in a second; 0 is no limit, here and below.'),
    tokenCallsPerSecond: share('tokenCallsPerSecond', 'Calls of one access token in a second, over all connections.'),
    clientsPerToken: share('clientsPerToken', 'Connections of one access token.'),
    clientsPerAddress: share('clientsPerAddress', 'Connections of one address; this machine’s own has no limit.'),
    sessionsPerApp: share('sessionsPerApp', 'Sessions that one app holds.'),
  },
  strict,
);

/** `gateway.tls`. */
export const TlsSchema = Type.Object(
  {
    certFile: Type.String({
      minLength: 1,
      description: 'PEM file: the gateway’s certificate, then those that lead to its authority.',
    }),
    keyFile: Type.String({ minLength: 1, description: 'PEM file: the key of the certificate.' }),
  },
  strict,
);
export type TlsFiles = Static<typeof TlsSchema>;

/** Least to most. */
export const LOG_LEVELS = ['silent', 'error', 'warn', 'info'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export const LOG_FORMATS = ['auto', 'json', 'words'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

/** `log`. */
export const LogSchema = Type.Object(
  {
    level: Type.Optional(
      Type.Unsafe<LogLevel>({
        type: 'string',
        enum: [...LOG_LEVELS],
        default: 'warn',
        description: 'What is logged: `silent`, `error`, `warn`, or `info` with every client that comes and goes.',
      }),
    ),
    format: Type.Optional(
      Type.Unsafe<LogFormat>({
        type: 'string',
        enum: [...LOG_FORMATS],
        default: 'auto',
        description: '`json`: an object a line; `words` for people; `auto`: words on a terminal, else JSON.',
      }),
    ),
  },
  strict,
);

export interface LogConfig {
  readonly level: LogLevel;
  readonly format: LogFormat;
}

export function logDefaults({ level = 'warn', format = 'auto' }: Static<typeof LogSchema> = {}): LogConfig {
  return { level, format };
}
