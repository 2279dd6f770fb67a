/** `tandem inspect`: shows what happens to sessions to tools of the Stately inspector on this machine. */
import { type Command, readArguments, readNumber, refuseMore } from '../command.js';
import { CommandError, ExitCode, reasonOf } from '../command-error.js';
import { findAccess, GATEWAY_OPTIONS, withClient } from '../gateway-client.js';
import { type InspectOptions, type InspectServer, serveInspector } from '../inspect-server.js';
import type { Io } from '../io.js';
import { hasCode } from '../private-file.js';

/** Where the tools of @statelyai/inspect look when they are told nothing. */
const DEFAULT_PORT = 8_080;
const DEFAULT_INSPECTOR = 'https://stately.ai/inspect';

const OPTIONS = {
  port: { type: 'string', value: 'PORT', help: `port to serve on; ${DEFAULT_PORT} if not given, 0 for any` },
  inspector: { type: 'string', value: 'URL', help: `page that draws; ${DEFAULT_INSPECTOR} if not given` },
  ...GATEWAY_OPTIONS,
} as const;

export const command: Command = {
  summary: 'shows sessions live in the Stately inspector, until Ctrl+C',
  usage: ['inspect [--port PORT] [--inspector URL]'],
  details: [
    'Serves the protocol of @statelyai/inspect on this machine: a WebSocket for its receivers, and a page that shows its inspector.',
    'Whoever is on this machine may read it. Nothing secret is in it: states and names of events, no context and no payload.',
  ],
  options: OPTIONS,
  async run(args, io) {
    const { values, positionals } = readArguments(args, OPTIONS);
    refuseMore(positionals);
    const port = readNumber('port', values.port ?? `${DEFAULT_PORT}`, 0, 65_535);
    const inspector = readInspector(values.inspector ?? DEFAULT_INSPECTOR);
    const { url, token } = await findAccess(values, io);
    const options = { port, inspector, token, source: inspectUrl(url), onTrouble: io.err };
    let server: InspectServer | undefined;
    try {
      // The client shows that the gateway is there and knows the token, and when it ends.
      await withClient(values, io, async () => {
        server = await serve(options, io);
        await new Promise<never>(() => {});
      });
    } catch (error) {
      // Ctrl+C is how it ends.
      if (!io.signal.aborted) throw error;
    } finally {
      await server?.close();
    }
    return ExitCode.ok;
  },
};

async function serve(options: InspectOptions, io: Io): Promise<InspectServer> {
  const server = await serveInspector(options).catch((error: unknown) => {
    throw explainListen(error, options.port);
  });
  io.out(`For programs: ws://localhost:${server.port}`);
  io.out(`In a browser: http://localhost:${server.port}/ shows ${options.inspector.href}`);
  io.out('Ctrl+C ends it.');
  return server;
}

/** `/v1/inspect` is beside `/v1/ws`, also where a proxy has put them elsewhere. */
function inspectUrl(url: string): URL {
  const source = new URL(url);
  source.pathname = source.pathname.replace(/[^/]*$/, 'inspect');
  return source;
}

function readInspector(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url;
  throw new CommandError(`--inspector takes the address of a page, not "${text}".`, { exitCode: ExitCode.usage });
}

function explainListen(error: unknown, port: number): CommandError {
  const isTaken = hasCode(error, 'EADDRINUSE');
  const words = isTaken ? `Port ${port} is in use by another program.` : `It cannot listen: ${reasonOf(error)}`;
  return new CommandError(words, {
    advice: ['Choose another with --port PORT; --port 0 takes any free one.'],
    cause: error,
  });
}
