/** `tandem watch`: what happens to a session, live. */
import { type Command, readArguments, refuseMore } from '../command.js';
import { CommandError, ExitCode } from '../command-error.js';
import { GATEWAY_OPTIONS, withClient } from '../gateway-client.js';
import { watchSession } from '../watch-session.js';

const OPTIONS = GATEWAY_OPTIONS;

export const command: Command = {
  summary: 'shows the way of a session through its chart, live',
  usage: ['watch <session>'],
  details: [
    'First what is remembered, then what happens, until the session is destroyed or Ctrl+C. On a terminal the path stands above,',
    'in colour unless NO_COLOR is set; elsewhere there is a line for each entry. Times are UTC.',
    '',
    '  connecting ──peer.accept──▶ connected   a chart went from state to state, and why',
    '  link.up in suspended                    something was done without leaving the state',
    '  ▶ open   ◀ accept                       a frame to the other device, and one from it',
  ],
  options: OPTIONS,
  async run(args, io) {
    const { values, positionals } = readArguments(args, OPTIONS);
    const [session, ...rest] = positionals;
    refuseMore(rest);
    const sessionId = readSessionId(session);
    try {
      await withClient(values, io, (client) => watchSession(client, sessionId, io));
    } catch (error) {
      // Ctrl+C is how it may end.
      if (!io.signal.aborted) throw error;
    }
    return ExitCode.ok;
  },
};

function readSessionId(text: string | undefined): number {
  const sessionId = Number(text);
  if (text !== undefined && /^\d+$/.test(text) && Number.isSafeInteger(sessionId)) return sessionId;
  throw new CommandError('tandem watch takes the number of a session.', {
    exitCode: ExitCode.usage,
    advice: ['tandem sessions lists them.'],
  });
}
