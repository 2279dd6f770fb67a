/** `tandem send`: one session, one text or file, and what comes back. */
import { readFile } from 'node:fs/promises';
import type { AvailableDevice, TandemClient } from '../../client/interface.js';
import type { AppName } from '../../protocol/collaboration.js';
import { type Command, readArguments, readNumber } from '../command.js';
import { CommandError, ExitCode, reasonOf } from '../command-error.js';
import { ECHO_APP, ECHO_SERVICE } from '../echo-app.js';
import { GATEWAY_OPTIONS, withClient } from '../gateway-client.js';
import { deliver, type Letter } from '../letter.js';
import { checkData, checkFile, checkServiceName, checkText } from '../payload-size.js';
import { printable } from '../printable.js';
import { findSuggestion } from '../suggestion.js';

/** How long an answer may take where nothing else is said. */
const DEFAULT_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 3_600_000;

const OPTIONS = {
  data: { type: 'string', value: 'FILE', help: 'send the bytes of a file, after the text if there is one' },
  app: {
    type: 'string',
    value: 'B/M/A',
    help: 'bundle, module and ability of the peer app; the echo app if not given',
  },
  service: { type: 'string', value: 'NAME', help: `name of the service; ${ECHO_SERVICE} if not given` },
  wait: { type: 'string', value: 'MS', help: `longest wait for the answers; ${DEFAULT_WAIT_MS} if not given` },
  'no-wait': { type: 'boolean', help: 'do not wait for answers' },
  ...GATEWAY_OPTIONS,
} as const;

export const command: Command = {
  summary: 'opens a session with an app on another device, sends, and prints what comes back',
  usage: ['send <device> <text...> [options]', 'send <device> --data FILE [options]'],
  details: [
    'The device is named by its name or id, see tandem devices. One answer is awaited for each thing sent;',
    'the exit code is 1 when the session was refused, something was not delivered, or an answer did not come.',
  ],
  options: OPTIONS,
  async run(args, io) {
    const { values, positionals } = readArguments(args, OPTIONS);
    const [device, ...words] = positionals;
    if (device === undefined || (words.length === 0 && values.data === undefined)) throw misuse();
    const waitMs = values.wait === undefined ? DEFAULT_WAIT_MS : readNumber('wait', values.wait, 1, LONGEST_WAIT_MS);
    const text = words.length === 0 ? undefined : words.join(' ');
    if (text !== undefined) checkText(text);
    checkServiceName(values.service ?? ECHO_SERVICE);
    const letter: Letter = {
      app: values.app === undefined ? ECHO_APP : parseApp(values.app),
      serviceName: values.service ?? ECHO_SERVICE,
      text,
      data: values.data === undefined ? undefined : await readData(values.data),
      waitMs: values['no-wait'] ? undefined : waitMs,
    };
    await withClient(values, io, async (client) => deliver(client, await findDevice(client, device), letter, io));
    return ExitCode.ok;
  },
};

function misuse(): CommandError {
  return new CommandError('tandem send takes a device and something to send.', {
    exitCode: ExitCode.usage,
    advice: ['Such as: tandem send phone "hello"'],
  });
}

function parseApp(text: string): AppName {
  const [bundleName, moduleName, abilityName, ...rest] = text.split('/');
  if (bundleName && moduleName && abilityName && rest.length === 0) return { bundleName, moduleName, abilityName };
  throw new CommandError(`--app takes bundle/module/ability, not "${text}".`, { exitCode: ExitCode.usage });
}

async function readData(path: string): Promise<ArrayBuffer> {
  await checkFile(path);
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new CommandError(`The data cannot be read: ${reasonOf(error)}`, { cause: error });
  });
  checkData(path, bytes.length);
  return new Uint8Array(bytes).buffer;
}

/** By id, or by a name that no other device in range has. */
async function findDevice(client: TandemClient, wanted: string): Promise<AvailableDevice> {
  const devices = await client.getAvailableDeviceList();
  const matches = devices.filter(({ deviceId, deviceName }) => deviceId === wanted || deviceName === wanted);
  const [first, ...others] = matches;
  if (first !== undefined && others.length === 0) return first;
  if (first !== undefined) {
    const ids = matches.map(({ deviceId }) => deviceId).join(', ');
    throw new CommandError(`Several devices are named "${wanted}": say which by id.`, {
      advice: [`Their ids: ${ids}`],
    });
  }
  const names = devices.map(({ deviceName }) => printable(deviceName));
  const suggestion = findSuggestion(wanted, names);
  throw new CommandError(`No device "${wanted}" is in range.`, {
    advice: [
      ...(suggestion === undefined ? [] : [`Did you mean ${suggestion}?`]),
      names.length === 0 ? 'No device in range shares the account.' : `In range: ${names.join(', ')}`,
    ],
  });
}
