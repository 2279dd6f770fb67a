/** `tandem devices`: who could be talked to. */
import { type Define, JSON_OPTION } from '../command.js';
import { GATEWAY_OPTIONS, type GatewayChoice, untilInterrupted, withClient } from '../gateway-client.js';
import { formatKnown } from '../nearby-text.js';
import type { Io } from '../terminal/io.js';
import { formatTable } from '../terminal/table.js';
import { watchNearby } from '../watch-nearby.js';

const DESCRIPTION = `Lists the devices in range that share the account: those an app can choose its peer from.

With --watch also those of other accounts: a table on a terminal, elsewhere a line for each change:
  + came, with its signal strength   - went   = is linked now, or no longer`;

export const define: Define = (command, io) => {
  command
    .description(DESCRIPTION)
    .option('--all', 'also those of the account that are out of range by now')
    .option('--watch', 'show all devices nearby as they come and go, until Ctrl+C')
    .addOption(JSON_OPTION)
    .addOption(GATEWAY_OPTIONS.stateDir)
    .addOption(GATEWAY_OPTIONS.url)
    .addOption(GATEWAY_OPTIONS.tokenFile)
    .action(async ({ all, watch, json = false, ...choice }) => {
      if (watch) await untilInterrupted(io, () => withClient(choice, io, (client) => watchNearby(client, io, json)));
      else if (all) await listKnown(choice, json, io);
      else await list(choice, json, io);
    });
};

async function list(choice: GatewayChoice, isJson: boolean, io: Io): Promise<void> {
  const devices = await withClient(choice, io, (client) => client.getAvailableDeviceList());
  if (isJson) return io.json(devices);
  if (devices.length === 0) return io.out('No device in range shares the account.');
  const rows = devices.map(({ deviceName, deviceId }) => [deviceName, deviceId]);
  formatTable(['NAME', 'DEVICE ID'], rows).forEach(io.out);
}

async function listKnown(choice: GatewayChoice, isJson: boolean, io: Io): Promise<void> {
  const devices = await withClient(choice, io, (client) => client.call('listKnownDevices', {}));
  if (isJson) io.json(devices);
  else formatKnown(devices, Date.now()).forEach(io.out);
}
