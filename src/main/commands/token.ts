/** `tandem token`: who may talk to the gateway, and for what. */
import { REQUIRED_PERMISSIONS } from '../../protocol/codes.js';
import { SCOPES, type Scope } from '../../protocol/scopes.js';
import { type Arguments, type Command, readArguments } from '../command.js';
import { CommandError, ExitCode, reasonOf } from '../command-error.js';
import { GATEWAY_OPTIONS } from '../gateway-client.js';
import type { Io } from '../io.js';
import { printable } from '../printable.js';
import { createPrivateFile } from '../private-file.js';
import { formatTable } from '../table.js';
import { type AccessToken, type TokenAdmin, type TokenWish, withTokenAdmin } from '../token-admin.js';

const OPTIONS = {
  bundle: { type: 'string', value: 'BUNDLE', help: 'create: bundle of the app that the token stands for' },
  scopes: { type: 'string', value: 'LIST', help: `create: of ${SCOPES.join(',')}; read,drive if not given` },
  permissions: {
    type: 'string',
    value: 'LIST',
    help: 'create: permissions of the app, or none; the four that sessions need if not given',
  },
  'system-app': { type: 'boolean', help: 'create: the app may use the calls for system apps' },
  expires: { type: 'string', value: 'TIME', help: 'create: worth nothing after so long, such as 12h or 30d' },
  out: { type: 'string', value: 'FILE', help: 'create: write the token to a new file that only you may read' },
  json: { type: 'boolean', help: 'print JSON' },
  ...GATEWAY_OPTIONS,
} as const;

type Values = Arguments<typeof OPTIONS>['values'];

export const command: Command = {
  summary: 'makes, lists and revokes the tokens that clients of the gateway need',
  usage: ['token create <name> --bundle BUNDLE [options]', 'token list [--json]', 'token revoke <id or name>'],
  details: [
    'A token stands for one app bundle. Scopes: read looks, drive registers the app and uses its sessions,',
    'admin sees every bundle and manages tokens. A token is shown once and kept as a hash.',
    'Works through the gateway that runs, else on the state directory.',
  ],
  options: OPTIONS,
  async run(args, io) {
    const { values, positionals } = readArguments(args, OPTIONS);
    const [verb, name, ...rest] = positionals;
    if (rest.length > 0 || (verb === 'list') !== (name === undefined)) throw misuse();
    const work = workOf(verb, name ?? '', values, io);
    await withTokenAdmin(values, io, work);
    return ExitCode.ok;
  },
};

/** Reads everything that may be wrong with the command line before anything is opened. */
function workOf(verb: string | undefined, name: string, values: Values, io: Io): (admin: TokenAdmin) => Promise<void> {
  switch (verb) {
    case 'create': {
      const wish = readWish(name, values);
      return (admin) => create(admin, wish, values, io);
    }
    case 'list':
      return (admin) => list(admin, values.json ?? false, io);
    case 'revoke':
      return (admin) => revoke(admin, name, io);
    default:
      throw misuse();
  }
}

async function create(admin: TokenAdmin, wish: TokenWish, { out, json }: Values, io: Io): Promise<void> {
  const { token, tokenId } = await admin.create(wish);
  if (out !== undefined) {
    await keep(out, token).catch(async (error: unknown) => {
      // Nobody has the token now, so it must not stay valid.
      await admin.revoke(tokenId);
      throw error;
    });
    if (json) io.out(JSON.stringify({ tokenId, file: out }));
    else io.out(`Token ${tokenId} is in ${out}.`);
  } else if (json) {
    io.out(JSON.stringify({ tokenId, token }));
  } else {
    io.out(token);
    io.err(`Token ${tokenId}. It is shown this once: keep it where only its app may read it.`);
  }
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
  if (isJson) io.out(JSON.stringify(tokens));
  else if (tokens.length === 0) io.out('There are no tokens.');
  else formatTable(['TOKEN', 'NAME', 'BUNDLE', 'SCOPES', 'LAST USED', 'EXPIRES'], tokens.map(rowOf)).forEach(io.out);
}

function rowOf({ tokenId, name, bundleName, scopes, isSystemApp, lastUsedAt, expiresAt }: AccessToken): string[] {
  const bundle = `${printable(bundleName)}${isSystemApp ? ' (system)' : ''}`;
  return [tokenId, printable(name), bundle, scopes.join(','), hourOf(lastUsedAt), hourOf(expiresAt)];
}

/** The hour is all that is kept of a use. */
function hourOf(time: number | undefined): string {
  return time === undefined ? 'never' : `${new Date(time).toISOString().slice(0, 13)}h`;
}

async function revoke(admin: TokenAdmin, named: string, io: Io): Promise<void> {
  const tokens = await admin.list();
  const byId = tokens.filter(({ tokenId }) => tokenId === named);
  const found = byId.length > 0 ? byId : tokens.filter(({ name }) => name === named);
  const [token] = found;
  if (token === undefined) {
    throw new CommandError(`There is no token "${printable(named)}".`, { advice: ['tandem token list shows them.'] });
  }
  if (found.length > 1) {
    const ids = found.map(({ tokenId }) => tokenId).join(', ');
    throw new CommandError(`Several tokens are named "${printable(named)}".`, {
      advice: [`Name one by its id: ${ids}`],
    });
  }
  await admin.revoke(token.tokenId);
  io.out(`Token ${token.tokenId} (${printable(token.name)}) is revoked.`);
}

function readWish(name: string, values: Values): TokenWish {
  const { bundle, scopes = 'read,drive', permissions, expires } = values;
  if (bundle === undefined || bundle === '') throw usage('tandem token create takes --bundle BUNDLE.');
  return {
    name,
    bundleName: bundle,
    scopes: itemsOf(scopes).map(readScope),
    permissions: readPermissions(permissions),
    isSystemApp: values['system-app'] ?? false,
    ...(expires !== undefined && { lifetimeMs: readLifetime(expires) }),
  };
}

function readPermissions(text: string | undefined): string[] {
  if (text === undefined) return [...REQUIRED_PERMISSIONS];
  return text === 'none' ? [] : itemsOf(text);
}

function readScope(text: string): Scope {
  const scope = SCOPES.find((known) => known === text);
  if (scope !== undefined) return scope;
  throw usage(`--scopes takes ${SCOPES.join(', ')}; not "${text}".`);
}

const UNITS_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

function readLifetime(text: string): number {
  const [, count, unit] = /^([1-9]\d{0,4})([mhd])$/.exec(text) ?? [];
  if (count === undefined)
    throw usage(`--expires takes a number of minutes, hours or days, such as 30d; not "${text}".`);
  return Number(count) * UNITS_MS[unit as keyof typeof UNITS_MS]; // the pattern has no other letters
}

function itemsOf(list: string): string[] {
  return list.split(',').map((item) => item.trim());
}

function misuse(): CommandError {
  return usage('tandem token takes one of: create <name>, list, revoke <id or name>.');
}

function usage(message: string): CommandError {
  return new CommandError(message, { exitCode: ExitCode.usage });
}
