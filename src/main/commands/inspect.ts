/** `tandem inspect`: shows what happens to sessions to tools of the Stately inspector on this machine. */
import { type Command, readArguments, readNumber, refuseMore } from '../command.js';
import { CommandError, ExitCode } from '../command-error.js';
import { GATEWAY_OPTIONS } from '../gateway-client.js';
import { DEFAULT_INSPECTOR, DEFAULT_PORT, inspectSessions } from '../inspect-sessions.js';

const OPTIONS = {
  port: { type: 'string', value: 'PORT', help: `port to serve on; ${DEFAULT_PORT} if not given, 0 for any` },
  inspector: { type: 'string', value: 'URL', help: `page that draws; ${DEFAULT_INSPECTOR} if not given` },
  json: { type: 'boolean', help: 'print JSON' },
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
    await inspectSessions(values, { port, inspector, isJson: values.json === true }, io);
    return ExitCode.ok;
  },
};

function readInspector(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url;
  throw new CommandError(`--inspector takes the address of a page, not "${text}".`, { exitCode: ExitCode.usage });
}
