/** `tandem watch`: what happens to a session, live. */
import { type Define, JSON_OPTION, sessionNumber } from '../command.js';
import { GATEWAY_OPTIONS, untilInterrupted, withClient } from '../gateway-client.js';
import { watchSession } from '../watch-session.js';

const DESCRIPTION = `Shows the way of a session through its chart, live.

First what is remembered, then what happens, until the session is destroyed or Ctrl+C. On a terminal the path stands above, in colour unless NO_COLOR is set; elsewhere there is a line for each entry.

  connecting ──peer.accept──▶ connected   a chart went from state to state, and why
  link.up in suspended                    something was done without leaving the state
  ▶ open   ◀ accept                       a frame to the other device, and one from it`;

export const define: Define = (command, io) => {
  command
    .description(DESCRIPTION)
    .argument('<session>', 'a number of tandem sessions', sessionNumber)
    .addOption(JSON_OPTION)
    .addOption(GATEWAY_OPTIONS.stateDir)
    .addOption(GATEWAY_OPTIONS.url)
    .addOption(GATEWAY_OPTIONS.tokenFile)
    .action(async (sessionId, { json = false, ...choice }) => {
      await untilInterrupted(io, () => withClient(choice, io, (client) => watchSession(client, sessionId, io, json)));
    });
};
