/** `tandem receive`: takes a file that another device sends. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { AppDefinition, KnownDevice, TandemClient, Want } from '../../client/interface.js';
import { OnCollaborateResult, WantKeys } from '../../protocol/codes.js';
import { BrokerError } from '../../protocol/errors.js';
import { type Define, JSON_OPTION, misuse } from '../command.js';
import { CommandError, reasonOf } from '../command-error.js';
import { findDevice } from '../find-device.js';
import { GATEWAY_OPTIONS, type GatewayChoice, untilInterrupted, withClient } from '../gateway-client.js';
import { count } from '../terminal/count.js';
import type { Io } from '../terminal/io.js';
import { safeFileName } from '../transfer/file-name.js';
import { isThere, openFileSink } from '../transfer/file-sink.js';
import { formatTook, type Progress, showProgress } from '../transfer/progress.js';
import type { FileSink, Offer, ReceivedFile } from '../transfer/receive-file.js';
import { endText, SessionEnded } from '../transfer/session-ended.js';
import { readWant, takeFile } from '../transfer/take-file.js';
import { RECEIVE_APP } from '../transfer/words.js';

/** The word for standard output. */
const STDOUT = '-';

const DESCRIPTION = `Takes a file that another device sends with tandem send --file.

Waits for one file, keeps it under the sender's name in this directory, and ends. A name is never a path, and a file that is there already is not replaced unless you say so. On a terminal it shows the progress and asks.`;

export const define: Define = (command, io) => {
  command
    .description(DESCRIPTION)
    .argument('[place]', 'a file, a directory, or - for standard output; this directory if not given')
    .option('--from <DEVICE>', 'take files of this device only, by name or id')
    .option('--force', 'replace a file that is there already')
    .option('--keep-open', 'go on with further files until Ctrl+C')
    .addOption(JSON_OPTION)
    .addOption(GATEWAY_OPTIONS.stateDir)
    .addOption(GATEWAY_OPTIONS.url)
    .addOption(GATEWAY_OPTIONS.tokenFile)
    .action(async (place, { from, force = false, keepOpen = false, json = false, ...choice }) => {
      const target = await targetOf(place, force, io);
      if (keepOpen && target.type !== 'directory') throw misuse('--keep-open takes a directory for its files.');
      const wish = { target, from, isForced: force, isJson: json, isKeptOpen: keepOpen };
      if (keepOpen) await untilInterrupted(io, () => receive(wish, choice, io));
      else await receive(wish, choice, io);
    });
};

type TargetPlace =
  | { readonly type: 'directory'; readonly path: string }
  | { readonly type: 'file'; readonly path: string; readonly mayReplace: boolean }
  | { readonly type: 'stdout' };

interface Wish {
  readonly target: TargetPlace;
  readonly from: string | undefined;
  readonly isForced: boolean;
  readonly isJson: boolean;
  readonly isKeptOpen: boolean;
}

async function targetOf(place: string | undefined, isForced: boolean, io: Io): Promise<TargetPlace> {
  if (place === undefined) return { type: 'directory', path: '.' };
  if (place === STDOUT) {
    if (io.isOutTerminal === true) {
      throw misuse('Bytes of another device do not go to a terminal.', 'Name a file, or send them through a pipe.');
    }
    return { type: 'stdout' };
  }
  const found = await stat(place).catch(() => undefined);
  if (found?.isDirectory()) return { type: 'directory', path: place };
  return { type: 'file', path: place, mayReplace: await mayTake(place, place, isForced, io) };
}

/** Whether a file that is there may be replaced. Throws CommandError when it may not. */
async function mayTake(path: string, name: string, isForced: boolean, io: Io): Promise<boolean> {
  if (isForced) return true;
  if (!(await isThere(path))) return false;
  if (io.ask !== undefined && (await io.ask(`${name} is there already. Replace it?`))) return true;
  throw new CommandError(`${name} is there already.`, { advice: ['--force replaces it; or name another place.'] });
}

async function receive(wish: Wish, choice: GatewayChoice, io: Io): Promise<void> {
  let port: { close(): void } | undefined;
  let taking: Promise<unknown> | undefined;
  try {
    await withClient(choice, io, async (client) => {
      const from = wish.from === undefined ? undefined : await findDevice(client, wish.from);
      await new Promise<void>((resolve, reject) => {
        const onCollaborate = async (want: Want): Promise<OnCollaborateResult> => {
          const refusal = refusalOf(want, from, taking !== undefined);
          if (refusal !== undefined) {
            await client.reject(readWant(want)[WantKeys.TOKEN], refusal);
            return OnCollaborateResult.REJECT;
          }
          const work = takeOne(client, want, wish, io, (opened) => {
            port = opened;
          }).finally(() => {
            taking = undefined;
          });
          taking = work;
          work.then(
            () => wish.isKeptOpen || resolve(),
            (error: unknown) => (wish.isKeptOpen ? io.err(`tandem: ${reasonOf(error)}`) : reject(error)),
          );
          return OnCollaborateResult.ACCEPT;
        };
        register(client, onCollaborate).then((deviceName) => sayWaiting(deviceName, wish, io), reject);
      });
    });
  } finally {
    // Interrupted, or without a gateway: what has begun leaves nothing behind.
    port?.close();
    await taking?.catch(() => {});
  }
}

function refusalOf(want: Want, from: KnownDevice | undefined, isBusy: boolean): string | undefined {
  if (isBusy) return 'Another file is under way.';
  const { deviceId } = readWant(want).PeerInfo;
  return from === undefined || from.deviceId === deviceId ? undefined : `Only ${from.deviceName} is listened to.`;
}

/** Resolves with the name of this device. */
async function register(
  client: TandemClient,
  onCollaborate: NonNullable<AppDefinition['onCollaborate']>,
): Promise<string> {
  const { moduleName, abilityName } = RECEIVE_APP;
  try {
    await client.registerApp({ moduleName, abilityName, onCollaborate });
  } catch (error) {
    if (!(error instanceof BrokerError) || error.kind !== 'appInUse') throw error;
    throw new CommandError('Another tandem receive takes the files of this device.', { cause: error });
  }
  return (await client.ready()).deviceName;
}

function sayWaiting(deviceName: string, { isJson }: Wish, io: Io): void {
  if (isJson) return io.err(JSON.stringify({ type: 'waiting', deviceName }));
  io.err(`Waiting for a file. On another device: tandem send ${deviceName} --file FILE`);
}

async function takeOne(
  client: TandemClient,
  want: Want,
  { target, isForced, isJson }: Wish,
  io: Io,
  onPort: (port: { close(): void }) => void,
): Promise<void> {
  const asked = readWant(want);
  const sender = await nameOf(client, asked.PeerInfo.deviceId);
  const startedMs = performance.now();
  let progress: Progress | undefined;
  const calls = { ...client, create: client.createAbilityConnectionSession };
  const received = await takeFile(calls, asked, {
    onPort,
    open: (offer) => openSink(offer, target, isForced, io),
    onProgress(offer, bytes) {
      progress ??= showProgress(io, { name: safeFileName(offer.name) ?? '', totalBytes: offer.bytes ?? undefined });
      progress.update(bytes);
    },
  })
    .catch((error: unknown) => {
      if (!(error instanceof SessionEnded) || error.reason === undefined) throw error;
      throw new CommandError(endText(sender, error.reason), { advice: ['Nothing of the file is kept.'], cause: error });
    })
    .finally(() => progress?.end());
  const seconds = (performance.now() - startedMs) / 1_000;
  const say = target.type === 'stdout' ? io.err : io.out;
  say(isJson ? JSON.stringify(factsOf(received, sender, seconds)) : wordsOf(received, sender, seconds));
}

function factsOf({ name, place, bytes, sha256 }: ReceivedFile, from: string, seconds: number) {
  return { type: 'kept', from, name, file: place, bytes, sha256, seconds };
}

function wordsOf({ place, bytes }: ReceivedFile, from: string, seconds: number): string {
  const what = place === STDOUT ? '' : `${place}, `;
  return `Received from ${from}: ${what}${count(bytes, 'byte')} in ${formatTook(seconds)}.`;
}

async function openSink({ name }: Offer, target: TargetPlace, isForced: boolean, io: Io): Promise<FileSink> {
  if (target.type === 'stdout') return { place: STDOUT, write: io.write, keep: nothing, abandon: nothing };
  if (target.type === 'file') return openFileSink(target.path, target.mayReplace);
  const safe = safeFileName(name);
  if (safe === undefined) throw new CommandError(`"${name}" is no name for a file.`);
  const path = join(target.path, safe);
  return openFileSink(path, await mayTake(path, safe, isForced, io));
}

async function nothing(): Promise<void> {}

async function nameOf(client: TandemClient, deviceId: string): Promise<string> {
  // The token may not allow to look.
  const devices = await client.call('listKnownDevices', {}).catch(() => []);
  return devices.find((device) => device.deviceId === deviceId)?.deviceName ?? deviceId;
}
