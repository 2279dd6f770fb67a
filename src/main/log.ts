/** The service's log: pino, which fastify brings, one line an event. Secrets and payload are not logged; should one slip in, it is struck out. */
import { pino } from 'pino';
import type { Logger } from '../gateway/logger.js';
import type { LogConfig } from './config/service-settings.js';
import { formatDateTime } from './terminal/local-time.js';
import { printable } from './terminal/printable.js';

/** Names under which secrets and payload go about in Tandem, at the top and one below. `msg` at the top is the line's own words. */
const SECRETS = ['token', 'authorization', 'headers', 'account', 'key', 'want', 'params', 'data', 'payload', 'epoch'];

export interface LogOptions extends LogConfig {
  readonly deviceName: string;
  /** Whether people read it as it comes. */
  readonly isTerminal: boolean;
  write(line: string): void;
}

export function createLog({ level, format, deviceName, isTerminal, write }: LogOptions): Logger {
  const isForPeople = format === 'words' || (format === 'auto' && isTerminal);
  const destination = {
    write: (line: string) => (isForPeople ? toWords(line) : [line.trimEnd()]).map(printable).forEach(write),
  };
  return pino(
    {
      level,
      base: { device: deviceName },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRETS.flatMap((name) => [name, `*.${name}`]).concat('*.msg'), censor: '[secret]' },
    },
    destination,
  );
}

/** "12:30:05+01:00 warn kitchen: closing a client client=light why=slow"; below it, where an error came from. */
function toWords(line: string): readonly string[] {
  const { time, level, device, msg, err, ...fields } = JSON.parse(line) as Readonly<Record<string, unknown>>; // pino wrote it
  const rest = Object.entries(fields).map(
    ([name, value]) => ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const { stack } = (err ?? {}) as { readonly stack?: string }; // pino's serializer of errors
  const [, clock = ''] = formatDateTime(Date.parse(String(time))).split(' ');
  const words = `${clock} ${level} ${device}: ${msg}${rest.join('')}`;
  return stack === undefined ? [words] : [words, ...stack.split('\n').map((origin) => `  ${origin}`)];
}
