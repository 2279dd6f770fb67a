/** `tandem devices`: who could be talked to. */
import { type Command, readArguments, refuseMore } from '../command.js';
import { ExitCode } from '../command-error.js';
import { GATEWAY_OPTIONS, withClient } from '../gateway-client.js';
import { formatTable } from '../table.js';

const OPTIONS = {
  json: { type: 'boolean', help: 'print JSON' },
  ...GATEWAY_OPTIONS,
} as const;

export const command: Command = {
  summary: 'lists the devices in range that share the account',
  usage: ['devices [--json]'],
  details: [],
  options: OPTIONS,
  async run(args, io) {
    const { values, positionals } = readArguments(args, OPTIONS);
    refuseMore(positionals);
    const devices = await withClient(values, io, (client) => client.getAvailableDeviceList());
    if (values.json) io.out(JSON.stringify(devices));
    else if (devices.length === 0) io.out('No device in range shares the account.');
    else {
      const rows = devices.map(({ deviceName, deviceId }) => [deviceName, deviceId]);
      formatTable(['NAME', 'DEVICE ID'], rows).forEach(io.out);
    }
    return ExitCode.ok;
  },
};
