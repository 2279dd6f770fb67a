/** `tandem trace`: what happened to one session, and why it is not connected. */
import { type Command, readArguments, refuseMore } from '../command.js';
import { CommandError, ExitCode } from '../command-error.js';
import { GATEWAY_OPTIONS, withClient } from '../gateway-client.js';
import { formatTrace } from '../trace-text.js';

const OPTIONS = {
  json: { type: 'boolean', help: 'print JSON' },
  ...GATEWAY_OPTIONS,
} as const;

export const command: Command = {
  summary: 'shows what happened to a session, and why it is not connected',
  usage: ['trace SESSION [--json]'],
  details: [
    'SESSION is a number of `tandem sessions`; those destroyed lately can be shown, too.',
    'Lanes: client, the app here; session, peer, the charts; link, what was sent; far, what the other device said.',
  ],
  options: OPTIONS,
  async run(args, io) {
    const { values, positionals } = readArguments(args, OPTIONS);
    const [session, ...more] = positionals;
    refuseMore(more);
    const sessionId = readSession(session);
    const trace = await withClient(values, io, (client) => client.traceSession(sessionId));
    if (values.json) io.out(JSON.stringify(trace));
    else formatTrace(trace, { hasColour: io.redraw !== undefined && io.env['NO_COLOR'] === undefined }).forEach(io.out);
    return ExitCode.ok;
  },
};

function readSession(text: string | undefined): number {
  if (text !== undefined && /^\d{1,9}$/.test(text)) return Number(text);
  const message = text === undefined ? 'Which session?' : `"${text}" is no number of a session.`;
  throw new CommandError(message, { exitCode: ExitCode.usage, advice: ['tandem sessions lists them.'] });
}
