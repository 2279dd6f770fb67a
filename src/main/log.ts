/** The service's log: pino, which fastify brings, one line an event. Secrets and payload are not logged; should one slip in, it is struck out. */
import { pino } from 'pino';
import type { Logger } from '../gateway/logger.js';
import type { LogConfig } from './config/service-settings.js';
import { printable } from './printable.js';

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
    write: (line: string) => write(isForPeople ? toWords(line) : line.trimEnd()),
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

/** "12:30:05 warn kitchen: closing a client client=light why=slow". */
function toWords(line: string): string {
  const { time, level, device, msg, err, ...fields } = JSON.parse(line) as Readonly<Record<string, unknown>>; // pino wrote it
  const rest = Object.entries(fields).map(
    ([name, value]) => ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const { stack } = (err ?? {}) as { readonly stack?: string }; // pino's serializer of errors
  const words = `${String(time).slice(11, 19)} ${level} ${device}: ${msg}${rest.join('')}`;
  return printable(stack === undefined ? words : `${words}\n${stack}`);
}
