/** `tandem devices`: who could be talked to. */
import { type Command, readArguments, refuseMore } from '../command.js';
import { ExitCode } from '../command-error.js';
import { GATEWAY_OPTIONS, type GatewayChoice, withClient } from '../gateway-client.js';
import type { Io } from '../io.js';
import { printable } from '../printable.js';
import { formatTable } from '../table.js';
import { watchNearby } from '../watch-nearby.js';

const OPTIONS = {
  json: { type: 'boolean', help: 'print JSON' },
  watch: { type: 'boolean', help: 'show all devices nearby as they come and go, until Ctrl+C' },
  ...GATEWAY_OPTIONS,
} as const;

export const command: Command = {
  summary: 'lists the devices in range that share the account',
  usage: ['devices [--watch] [--json]'],
  details: [
    'With --watch also those of other accounts: a table on a terminal, elsewhere a line for each change:',
    '  + came, with its signal strength   - went   = is linked now, or no longer',
  ],
  options: OPTIONS,
  async run(args, io) {
    const { values, positionals } = readArguments(args, OPTIONS);
    refuseMore(positionals);
    const isJson = values.json ?? false;
    await (values.watch ? watch(values, io, isJson) : list(values, io, isJson));
    return ExitCode.ok;
  },
};

async function list(choice: GatewayChoice, io: Io, isJson: boolean): Promise<void> {
  const devices = await withClient(choice, io, (client) => client.getAvailableDeviceList());
  if (isJson) io.out(JSON.stringify(devices));
  else if (devices.length === 0) io.out('No device in range shares the account.');
  else {
    const rows = devices.map(({ deviceName, deviceId }) => [printable(deviceName), deviceId]);
    formatTable(['NAME', 'DEVICE ID'], rows).forEach(io.out);
  }
}

async function watch(choice: GatewayChoice, io: Io, isJson: boolean): Promise<void> {
  try {
    await withClient(choice, io, (client) => watchNearby(client, io, { isJson }));
  } catch (error) {
    // Ctrl+C is how it is meant to end.
    if (!io.signal.aborted) throw error;
  }
}
