/** What `tandem inspect` does: logs in to the gateway, and serves tools on this machine until one of the two ends. */
import { CommandError, reasonOf } from './command-error.js';
import { findAccess, type GatewayChoice, withClient } from './gateway-client.js';
import { type InspectOptions, type InspectServer, serveInspector } from './inspect-server.js';
import { hasCode } from './private-file.js';
import type { Io } from './terminal/io.js';

/** Where the tools of @statelyai/inspect look when they are told nothing. */
export const DEFAULT_PORT = 8_080;
export const DEFAULT_INSPECTOR = 'https://stately.ai/inspect';

export interface InspectWishes {
  /** 0 takes any free one. */
  readonly port: number;
  /** The page that draws. */
  readonly inspector: URL;
  readonly isJson: boolean;
}

/** Resolves on Ctrl+C. Throws CommandError when the gateway is away, does not know the token or ends, and when the port is taken. */
export async function inspectSessions(
  choice: GatewayChoice,
  { port, inspector, isJson }: InspectWishes,
  io: Io,
): Promise<void> {
  const { url, token } = await findAccess(choice, io);
  let server: InspectServer | undefined;
  try {
    // The client shows that the gateway is there and knows the token, and when it ends.
    await withClient(choice, io, async () => {
      server = await serve({ port, inspector, token, source: inspectUrl(url), onTrouble: io.err });
      for (const line of linesOf(server.port, inspector, isJson)) io.out(line);
      await new Promise<never>(() => {});
    });
  } catch (error) {
    // Ctrl+C is how it ends.
    if (!io.signal.aborted) throw error;
  } finally {
    await server?.close();
  }
}

function linesOf(port: number, { href }: URL, isJson: boolean): string[] {
  const programs = `ws://localhost:${port}`;
  const page = `http://localhost:${port}/`;
  if (isJson) return [JSON.stringify({ programs, page, inspector: href })];
  return [`For programs: ${programs}`, `In a browser: ${page} shows ${href}`, 'Ctrl+C ends it.'];
}

/** `/v1/inspect` is beside `/v1/ws`, also where a proxy has put them elsewhere. */
function inspectUrl(url: string): URL {
  const source = new URL(url);
  source.pathname = source.pathname.replace(/[^/]*$/, 'inspect');
  return source;
}

function serve(options: InspectOptions): Promise<InspectServer> {
  return serveInspector(options).catch((error: unknown) => {
    const isTaken = hasCode(error, 'EADDRINUSE');
    const words = isTaken
      ? `Port ${options.port} is in use by another program.`
      : `It cannot listen: ${reasonOf(error)}`;
    throw new CommandError(words, {
      advice: ['Choose another with --port PORT; --port 0 takes any free one.'],
      cause: error,
    });
  });
}
