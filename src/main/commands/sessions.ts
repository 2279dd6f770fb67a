/** `tandem sessions`: the sessions of every app of this device. */
import type { SessionSummary } from '../../client/interface.js';
import { type Command, readArguments, refuseMore } from '../command.js';
import { ExitCode } from '../command-error.js';
import { GATEWAY_OPTIONS, withClient } from '../gateway-client.js';
import { printable } from '../printable.js';
import { formatTable } from '../table.js';

const OPTIONS = {
  json: { type: 'boolean', help: 'print JSON' },
  ...GATEWAY_OPTIONS,
} as const;

export const command: Command = {
  summary: 'lists the sessions of this device and their states',
  usage: ['sessions [--json]'],
  details: [],
  options: OPTIONS,
  async run(args, io) {
    const { values, positionals } = readArguments(args, OPTIONS);
    refuseMore(positionals);
    const sessions = await withClient(values, io, (client) => client.listSessions());
    if (values.json) io.out(JSON.stringify(sessions));
    else if (sessions.length === 0) io.out('There are no sessions.');
    else {
      formatTable(['SESSION', 'STATE', 'SERVICE', 'APP', 'PEER', 'SINCE'], sessions.map(rowOf)).forEach(io.out);
      for (const { sessionId, diagnosis } of sessions) {
        if (diagnosis !== undefined) io.out(printable(`${sessionId}: ${diagnosis}`));
      }
    }
    return ExitCode.ok;
  },
};

function rowOf({ sessionId, state, serviceName, app, peer, since }: SessionSummary): string[] {
  const peerText = `${peer.bundleName} on ${peer.deviceId}`;
  return [String(sessionId), state, serviceName, app.bundleName, peerText, new Date(since).toISOString()];
}
