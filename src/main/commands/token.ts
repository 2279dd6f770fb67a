/** `tandem token`: who may talk to the gateway, and for what. */
import { InvalidArgumentError } from '@commander-js/extra-typings';
import { REQUIRED_PERMISSIONS } from '../../protocol/codes.js';
import { SCOPES, type Scope } from '../../protocol/scopes.js';
import { type Define, JSON_OPTION, misuse } from '../command.js';
import { CommandError, reasonOf } from '../command-error.js';
import { GATEWAY_OPTIONS } from '../gateway-client.js';
import { createPrivateFile } from '../private-file.js';
import type { Io } from '../terminal/io.js';
import { formatMinute } from '../terminal/local-time.js';
import { formatTable } from '../terminal/table.js';
import { type AccessToken, type TokenAdmin, type TokenWish, withTokenAdmin } from '../token-admin.js';

const DESCRIPTION = `Makes, lists and revokes the tokens that clients of the gateway need.

A token stands for one app bundle. Scopes: read looks, drive registers the app and uses its sessions, admin sees every bundle and manages tokens. A token is shown once and kept as a hash. Works through the gateway that runs, else on the state directory.`;

export const define: Define = (command, io) => {
  command.description(DESCRIPTION);
  command
    .command('create')
    .description('Makes a token and prints it, this once.')
    .argument('<name>', 'what it is for; shown by list')
    .requiredOption('--bundle <BUNDLE>', 'bundle of the app that the token stands for')
    .option('--scopes <LIST>', `of ${SCOPES.join(',')}; read,drive if not given`, readScopes)
    .option(
      '--permissions <LIST>',
      'permissions of the app, or none; the four that sessions need if not given',
      readPermissions,
    )
    .option('--system-app', 'the app may use the calls for system apps')
    .option('--expires <TIME>', 'worth nothing after so long, such as 12h or 30d', readLifetime)
    .option('--out <FILE>', 'write the token to a new file that only you may read')
    .addOption(JSON_OPTION)
    .addOption(GATEWAY_OPTIONS.stateDir)
    .addOption(GATEWAY_OPTIONS.url)
    .addOption(GATEWAY_OPTIONS.tokenFile)
    .action(async (name, { bundle, scopes, permissions, systemApp, expires, out, json = false, ...choice }) => {
      if (bundle === '') throw misuse('--bundle takes the bundle of an app.');
      const wish: TokenWish = {
        name,
        bundleName: bundle,
        scopes: scopes ?? ['read', 'drive'],
        permissions: permissions ?? [...REQUIRED_PERMISSIONS],
        isSystemApp: systemApp ?? false,
        ...(expires !== undefined && { lifetimeMs: expires }),
      };
      await withTokenAdmin(choice, io, (admin) => create(admin, wish, { out, isJson: json }, io));
    });
  command
    .command('list')
    .description('Lists the tokens and what they allow.')
    .addOption(JSON_OPTION)
    .addOption(GATEWAY_OPTIONS.stateDir)
    .addOption(GATEWAY_OPTIONS.url)
    .addOption(GATEWAY_OPTIONS.tokenFile)
    .action(({ json = false, ...choice }) => withTokenAdmin(choice, io, (admin) => list(admin, json, io)));
  command
    .command('revoke')
    .description('Makes a token worth nothing; who uses it loses the connection.')
    .argument('<token>', 'its id or name')
    .addOption(JSON_OPTION)
    .addOption(GATEWAY_OPTIONS.stateDir)
    .addOption(GATEWAY_OPTIONS.url)
    .addOption(GATEWAY_OPTIONS.tokenFile)
    .action((token, { json = false, ...choice }) =>
      withTokenAdmin(choice, io, (admin) => revoke(admin, token, json, io)),
    );
};

interface Handing {
  readonly out: string | undefined;
  readonly isJson: boolean;
}

async function create(admin: TokenAdmin, wish: TokenWish, { out, isJson }: Handing, io: Io): Promise<void> {
  const { token, tokenId } = await admin.create(wish);
  if (out !== undefined) {
    await keep(out, token).catch(async (error: unknown) => {
      // Nobody has the token now, so it must not stay valid.
      await admin.revoke(tokenId);
      throw error;
    });
  }
  if (isJson) return io.json({ tokenId, ...(out === undefined ? { token } : { file: out }) });
  if (out !== undefined) return io.out(`Token ${tokenId} is in ${out}.`);
  io.out(token);
  io.err(`Token ${tokenId}. It is shown this once: keep it where only its app may read it.`);
}

async function keep(path: string, token: string): Promise<void> {
  const isNew = await createPrivateFile(path, `${token}\n`).catch((error: unknown) => {
    throw new CommandError(`The token cannot be written: ${reasonOf(error)}`, { cause: error });
  });
  if (isNew) return;
  throw new CommandError(`There is a file already: ${path}.`, { advice: ['No token was made. Name a new file.'] });
}

async function list(admin: TokenAdmin, isJson: boolean, io: Io): Promise<void> {
  const tokens = await admin.list();
  if (isJson) io.json(tokens);
  else if (tokens.length === 0) io.out('There are no tokens.');
  else formatTable(['TOKEN', 'NAME', 'BUNDLE', 'SCOPES', 'LAST USED', 'EXPIRES'], tokens.map(rowOf)).forEach(io.out);
}

function rowOf({ tokenId, name, bundleName, scopes, isSystemApp, lastUsedAt, expiresAt }: AccessToken): string[] {
  const bundle = `${bundleName}${isSystemApp ? ' (system)' : ''}`;
  return [tokenId, name, bundle, scopes.join(','), timeOf(lastUsedAt), timeOf(expiresAt)];
}

function timeOf(time: number | undefined): string {
  return time === undefined ? 'never' : formatMinute(time);
}

async function revoke(admin: TokenAdmin, named: string, isJson: boolean, io: Io): Promise<void> {
  const tokens = await admin.list();
  const byId = tokens.filter(({ tokenId }) => tokenId === named);
  const found = byId.length > 0 ? byId : tokens.filter(({ name }) => name === named);
  const [token] = found;
  if (token === undefined) {
    throw new CommandError(`There is no token "${named}".`, { advice: ['tandem token list shows them.'] });
  }
  if (found.length > 1) {
    const ids = found.map(({ tokenId }) => tokenId).join(', ');
    throw new CommandError(`Several tokens are named "${named}".`, { advice: [`Name one by its id: ${ids}`] });
  }
  const { tokenId, name } = token;
  await admin.revoke(tokenId);
  if (isJson) io.json({ tokenId, name });
  else io.out(`Token ${tokenId} (${name}) is revoked.`);
}

function readScopes(text: string): Scope[] {
  return itemsOf(text).map((item) => {
    const scope = SCOPES.find((known) => known === item);
    if (scope === undefined) throw new InvalidArgumentError(`It takes ${SCOPES.join(', ')}; not "${item}".`);
    return scope;
  });
}

function readPermissions(text: string): string[] {
  return text === 'none' ? [] : itemsOf(text);
}

const UNITS_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

function readLifetime(text: string): number {
  const [, count, unit] = /^([1-9]\d{0,4})([mhd])$/.exec(text) ?? [];
  if (count === undefined) throw new InvalidArgumentError('It takes a number of minutes, hours or days, such as 30d.');
  return Number(count) * UNITS_MS[unit as keyof typeof UNITS_MS]; // the pattern has no other letters
}

function itemsOf(list: string): string[] {
  return list.split(',').map((item) => item.trim());
}
