/** `tandem send`: a text, the bytes of a file, or a file to somebody who takes it. */
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { InvalidArgumentError } from '@commander-js/extra-typings';
import type { KnownDevice, TandemClient } from '../../client/interface.js';
import type { AppName } from '../../protocol/collaboration.js';
import { MAX_DATA_BYTES } from '../../protocol/limits.js';
import { type Define, JSON_OPTION, misuse, wholeNumber } from '../command.js';
import { CommandError, reasonOf } from '../command-error.js';
import { ECHO_APP, ECHO_SERVICE } from '../echo-app.js';
import { findDevice } from '../find-device.js';
import { choiceWords, GATEWAY_OPTIONS, type GatewayChoice, withClient } from '../gateway-client.js';
import { withOwnSession } from '../own-session.js';
import { checkData, checkFile, checkServiceName, checkText } from '../payload-size.js';
import { type Answer, sendOnce } from '../send-once.js';
import { count } from '../terminal/count.js';
import type { Io } from '../terminal/io.js';
import { formatTook, showProgress } from '../transfer/progress.js';
import { type FileSource, type SentFile, sendFile } from '../transfer/send-file.js';
import { FILE_SERVICE, FILE_WINDOW_BYTES, RECEIVE_APP } from '../transfer/words.js';
import { watchSending } from '../watch-sending.js';

/** How long an answer may take where nothing else is said. */
const DEFAULT_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 3_600_000;
/** The word for standard input. */
const STDIN = '-';

const DESCRIPTION = `Sends a text or a file to another device.

  tandem send phone hello              a text, to the echo app or another; answers are printed
  tandem send phone --file photo.jpg   a file, to tandem receive over there
  tar c photos | tandem send phone -   whatever comes, until it ends, to tandem receive

Exit code 1: the session was refused, something was not delivered, an answer did not come, or the file was not kept. Then it says why, and the number of the session for tandem trace. Data and files show their progress on a terminal.`;

export const define: Define = (command, io) => {
  command
    .description(DESCRIPTION)
    .argument('<device>', 'name or id, see tandem devices')
    .argument('[text...]', 'words to send; - alone is --file -')
    .option('--file <FILE>', 'send a file of any size, or - for standard input, to tandem receive')
    .option('--name <NAME>', 'with --file: what to call it over there')
    .option('--data <FILE>', 'send the bytes of a file, or of -, to an app of any kind, after the text if there is one')
    .option('--app <B/M/A>', 'bundle, module and ability of the peer app', readApp)
    .option('--service <NAME>', `name of the service; ${ECHO_SERVICE} or ${FILE_SERVICE} if not given`)
    .option(
      '--wait <MS>',
      `longest wait for answers, from when all is delivered; ${DEFAULT_WAIT_MS} if not given, and for a file any time`,
      wholeNumber(1, LONGEST_WAIT_MS),
    )
    .option('--no-wait', 'do not wait for answers')
    .addOption(JSON_OPTION)
    .addOption(GATEWAY_OPTIONS.stateDir)
    .addOption(GATEWAY_OPTIONS.url)
    .addOption(GATEWAY_OPTIONS.tokenFile)
    .action(async (device, words, { file, name, data, app, service, wait, json = false, stateDir, url, tokenFile }) => {
      const choice = { stateDir, url, tokenFile };
      const target = { device, app, service, wait, isJson: json, choice };
      if (service !== undefined) checkServiceName(service);
      const path = await fileMeant(words, file, json, io);
      if (path !== undefined && data !== undefined) throw misuse('--file and --data are two ways: choose one.');
      if (path === undefined && name !== undefined) throw misuse('--name is for --file.');
      if (path !== undefined) return sendOneFile(path, name, target, io);
      if (words.length === 0 && data === undefined) {
        throw misuse('tandem send takes a device and something to send.', 'Such as: tandem send phone "hello"');
      }
      const text = words.length === 0 ? undefined : words.join(' ');
      if (text !== undefined) checkText(text);
      await sendMessage(text, data === undefined ? undefined : await readData(data, io), target, io);
    });
};

interface Target {
  readonly device: string;
  readonly app: AppName | undefined;
  readonly service: string | undefined;
  /** In milliseconds; false: do not wait. */
  readonly wait: number | false | undefined;
  readonly isJson: boolean;
  readonly choice: GatewayChoice;
}

/** The file to send, if it is one. A single word that is also a file here is sent as a text unless a person says otherwise: scripts never guess. */
async function fileMeant(
  words: readonly string[],
  file: string | undefined,
  isJson: boolean,
  io: Io,
): Promise<string | undefined> {
  const [word, ...others] = words;
  if (file !== undefined) {
    if (word !== undefined) throw misuse('A text does not go with --file: send them one after the other.');
    return file;
  }
  if (word === undefined || others.length > 0 || word === STDIN) return word === STDIN ? STDIN : undefined;
  const isFile = await stat(word).then(
    (found) => found.isFile(),
    () => false,
  );
  if (!isFile) return undefined;
  if (io.ask !== undefined) return (await io.ask(`"${word}" is a file here. Send the file?`)) ? word : undefined;
  if (!isJson) io.err(`"${word}" is a file here, but is sent as a text: --file ${word} sends the file.`);
  return undefined;
}

async function sendMessage(
  text: string | undefined,
  data: ArrayBuffer | undefined,
  { device: wanted, app = ECHO_APP, service = ECHO_SERVICE, wait, isJson, choice }: Target,
  io: Io,
): Promise<void> {
  await withClient(choice, io, async (client) => {
    const device = await findDevice(client, wanted);
    const { deviceName } = device;
    const options = optionsOf(device, choice, { app, serviceName: service, hasData: data !== undefined });
    await withOwnSession(client, { ...options, mostBytes: MAX_DATA_BYTES }, async ({ sessionId, port }) => {
      const waitMs = wait === false ? undefined : (wait ?? DEFAULT_WAIT_MS);
      const progress = data && watchSending(client, sessionId, data.byteLength, io);
      const onAnswer = (answer: Answer): void => printAnswer(answer, deviceName, isJson, io);
      await sendOnce(port, { text, data }, { waitMs, name: deviceName, onAnswer }).finally(() => progress?.end());
      if (isJson) io.json({ type: 'delivered', sessionId, deviceId: device.deviceId, deviceName });
      else if (waitMs === undefined) io.out(`Delivered to ${deviceName}.`);
    });
  });
}

function printAnswer(answer: Answer, deviceName: string, isJson: boolean, io: Io): void {
  if (answer.type === 'text') {
    if (isJson) io.json({ type: 'text', deviceName, text: answer.text });
    else io.out(`${deviceName}: ${answer.text}`);
  } else if (isJson) io.json({ type: 'data', deviceName, bytes: answer.data.length });
  else io.out(`${deviceName}: ${count(answer.data.length, 'byte')}`);
}

async function sendOneFile(path: string, name: string | undefined, target: Target, io: Io): Promise<void> {
  const { device: wanted, app = RECEIVE_APP, service = FILE_SERVICE, wait, isJson, choice } = target;
  const source = await openSource(path, name, io);
  await withClient(choice, io, async (client) => {
    const device = await findDevice(client, wanted);
    const options = optionsOf(device, choice, { app, serviceName: service, hasData: true });
    const startedMs = performance.now();
    const { sessionId, sent } = await withOwnSession(client, options, async (session) => {
      io.status(`${source.name}: waiting for ${device.deviceName} to take it`);
      return { sessionId: session.sessionId, sent: await transfer(session.port, source, wait, io) };
    }).catch((error: unknown) => {
      throw app === RECEIVE_APP ? adviseReceive(error, client, device) : error;
    });
    const seconds = (performance.now() - startedMs) / 1_000;
    if (isJson)
      return io.json({ type: wait === false ? 'delivered' : 'kept', sessionId, name: source.name, ...sent, seconds });
    const what = `${source.name}, ${count(sent.bytes, 'byte')} in ${formatTook(seconds)}`;
    io.out(wait === false ? `Delivered to ${device.deviceName}: ${what}.` : `${device.deviceName} has ${what}.`);
  });
}

async function transfer(
  port: Parameters<typeof sendFile>[0],
  source: FileSource,
  wait: Target['wait'],
  io: Io,
): Promise<SentFile> {
  let progress: ReturnType<typeof showProgress> | undefined;
  const onProgress = (bytes: number): void => {
    progress ??= showProgress(io, { name: source.name, totalBytes: source.bytes });
    progress.update(bytes);
  };
  const waitMs = wait === false ? undefined : wait;
  return sendFile(port, source, { onProgress, waitMs, isAwaited: wait !== false }).finally(() => progress?.end());
}

function optionsOf(
  device: KnownDevice,
  choice: GatewayChoice,
  what: { readonly app: AppName; readonly serviceName: string; readonly hasData: boolean },
) {
  return { device, ...what, mostBytes: FILE_WINDOW_BYTES, traceOptions: choiceWords(choice) };
}

/** Nobody takes files over there: what would. */
function adviseReceive(error: unknown, { state }: TandemClient, { deviceName }: KnownDevice): unknown {
  if (!(error instanceof CommandError) || state.type === 'closed') return error;
  if (!error.message.includes('PEER_ABILITY_NO_ONCOLLABORATE')) return error;
  const { message, exitCode, advice, facts, cause } = error;
  const help = [
    `On ${deviceName}, run: tandem receive`,
    'To another app there, --data sends the bytes in one piece.',
    ...advice.slice(-1),
  ];
  return new CommandError(message, { exitCode, facts, cause, advice: help });
}

function readApp(text: string): AppName {
  const [bundleName, moduleName, abilityName, ...rest] = text.split('/');
  if (bundleName && moduleName && abilityName && rest.length === 0) return { bundleName, moduleName, abilityName };
  throw new InvalidArgumentError('It takes bundle/module/ability.');
}

async function readData(path: string, io: Io): Promise<ArrayBuffer> {
  if (path !== STDIN) await checkFile(path);
  const bytes = await (path === STDIN ? buffer(io.readInput()) : readFile(path)).catch((error: unknown) => {
    throw new CommandError(`The data cannot be read: ${reasonOf(error)}`, { cause: error });
  });
  checkData(path === STDIN ? 'Standard input' : path, bytes.length);
  return new Uint8Array(bytes).buffer;
}

async function openSource(path: string, name: string | undefined, io: Io): Promise<FileSource> {
  if (path === STDIN) return { name: name ?? 'stdin', bytes: undefined, chunks: io.readInput() };
  const found = await stat(path).catch((error: unknown) => {
    throw new CommandError(`The file cannot be read: ${reasonOf(error)}`, { cause: error });
  });
  if (found.isDirectory()) {
    throw new CommandError(`${path} is a directory.`, {
      advice: [`Send it as an archive: tar c ${path} | tandem send DEVICE - --name ${basename(path)}.tar`],
    });
  }
  const bytes = found.isFile() ? found.size : undefined;
  return { name: name ?? basename(path), bytes, chunks: createReadStream(path) };
}
