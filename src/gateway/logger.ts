/** Where the gateway tells what happens. Loggers of Fastify's kind (pino) fit as they are. */
export interface Logger {
  info(fields: object, words: string): void;
  warn(fields: object, words: string): void;
  error(fields: object, words: string): void;
}

export const silentLogger: Logger = { info() {}, warn() {}, error() {} };
