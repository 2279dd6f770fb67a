/** `tandem trace`: what happened to one session, and why it is not connected. */
import { type Define, JSON_OPTION, sessionNumber } from '../command.js';
import { GATEWAY_OPTIONS, withClient } from '../gateway-client.js';
import { formatTrace } from '../trace-text.js';

const DESCRIPTION = `Shows what happened to a session, and why it is not connected.

Lanes: client, the app here; session, peer, the charts; link, what was sent; far, what the other device said.`;

export const define: Define = (command, io) => {
  command
    .description(DESCRIPTION)
    .argument('<session>', 'a number of tandem sessions; those destroyed lately can be shown, too', sessionNumber)
    .addOption(JSON_OPTION)
    .addOption(GATEWAY_OPTIONS.stateDir)
    .addOption(GATEWAY_OPTIONS.url)
    .addOption(GATEWAY_OPTIONS.tokenFile)
    .action(async (sessionId, { json, ...choice }) => {
      const trace = await withClient(choice, io, (client) => client.traceSession(sessionId));
      if (json) io.json(trace);
      else formatTrace(trace).forEach(io.out);
    });
};
