/** `tandem sessions`: the sessions of every app of this device. */
import { type Define, JSON_OPTION } from '../command.js';
import { GATEWAY_OPTIONS, untilInterrupted, withClient } from '../gateway-client.js';
import { formatSessions } from '../session-text.js';
import { watchSessions } from '../watch-sessions.js';

const DESCRIPTION = `Lists the sessions of this device and their states; those of every app, with a token of scope admin.

With --watch as they change: a table on a terminal, elsewhere a line for each change.`;

export const define: Define = (command, io) => {
  command
    .description(DESCRIPTION)
    .option('--watch', 'show the sessions as they come, change and go, until Ctrl+C')
    .addOption(JSON_OPTION)
    .addOption(GATEWAY_OPTIONS.stateDir)
    .addOption(GATEWAY_OPTIONS.url)
    .addOption(GATEWAY_OPTIONS.tokenFile)
    .action(async ({ watch, json = false, ...choice }) => {
      if (watch) return untilInterrupted(io, () => withClient(choice, io, (client) => watchSessions(client, io, json)));
      const sessions = await withClient(choice, io, (client) => client.listSessions());
      if (json) io.json(sessions);
      else formatSessions(sessions).forEach(io.out);
    });
};
