/** `tandem inspect`: shows what happens to sessions to tools of the Stately inspector on this machine. */
import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { type Define, JSON_OPTION, wholeNumber } from '../command.js';
import { GATEWAY_OPTIONS } from '../gateway-client.js';
import { DEFAULT_INSPECTOR, DEFAULT_PORT, inspectSessions } from '../inspect-sessions.js';

const DESCRIPTION = `Shows sessions live in the Stately inspector, until Ctrl+C.

Serves the protocol of @statelyai/inspect on this machine: a WebSocket for its receivers, and a page that shows its inspector. Whoever is on this machine may read it. Nothing secret is in it: states and names of events, no context and no payload.`;

export const define: Define = (command, io) => {
  command
    .description(DESCRIPTION)
    .option('--port <PORT>', `port to serve on; ${DEFAULT_PORT} if not given, 0 for any`, wholeNumber(0, 65_535))
    .addOption(
      new Option('--inspector <URL>', `page that draws; ${DEFAULT_INSPECTOR} if not given`).argParser(pageAddress),
    )
    .addOption(JSON_OPTION)
    .addOption(GATEWAY_OPTIONS.stateDir)
    .addOption(GATEWAY_OPTIONS.url)
    .addOption(GATEWAY_OPTIONS.tokenFile)
    .action(async ({ port = DEFAULT_PORT, inspector = new URL(DEFAULT_INSPECTOR), json = false, ...choice }) => {
      await inspectSessions(choice, { port, inspector, isJson: json }, io);
    });
};

function pageAddress(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url;
  throw new InvalidArgumentError('It takes the address of a page.');
}
