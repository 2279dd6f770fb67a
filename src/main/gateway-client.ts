/** Connects a command to the gateway it is meant for. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Option } from '@commander-js/extra-typings';
import { createClient } from '../client/client.js';
import type { TandemClient } from '../client/interface.js';
import { BrokerError } from '../protocol/errors.js';
import { CommandError, ExitCode, reasonOf } from './command-error.js';
import { findGateway } from './gateway-file.js';
import { readIfThere } from './private-file.js';
import { findStateDirectory, StateFile } from './state-directory.js';
import type { Io } from './terminal/io.js';

/** Options of every command that talks to a gateway. */
export const GATEWAY_OPTIONS = {
  stateDir: new Option('--state-dir <DIR>', 'state directory of the gateway on this machine'),
  url: new Option('--url <URL>', 'another gateway, such as ws://hub.local:8420/v1/ws'),
  tokenFile: new Option('--token-file <FILE>', 'file with the token for it'),
} as const;

export interface GatewayChoice {
  readonly stateDir?: string | undefined;
  readonly url?: string | undefined;
  readonly tokenFile?: string | undefined;
}

/** What another command needs to find the same gateway. */
export function choiceWords({ stateDir, url, tokenFile }: GatewayChoice): string {
  const given = { 'state-dir': stateDir, url, 'token-file': tokenFile };
  return Object.entries(given)
    .map(([option, value]) => (value === undefined ? '' : ` --${option} ${value}`))
    .join('');
}

/** Runs `work` with a connected client and closes it. Throws CommandError (unreachable) when there is no gateway. */
export async function withClient<Result>(
  choice: GatewayChoice,
  io: Io,
  work: (client: TandemClient) => Promise<Result>,
): Promise<Result> {
  const client = createClient({ ...(await findAccess(choice, io)), isReconnecting: false });
  const interrupt = (): void => void client.close();
  io.signal.addEventListener('abort', interrupt);
  if (io.signal.aborted) interrupt();
  try {
    await client.ready();
    return await Promise.race([work(client), failOnceClosed(client)]);
  } catch (error) {
    throw explain(error, io);
  } finally {
    io.signal.removeEventListener('abort', interrupt);
    await client.close();
  }
}

/** For what goes on until Ctrl+C: that is how it is meant to end. */
export async function untilInterrupted({ signal }: Io, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** For what lasts as long as the connection: Ctrl+C closes it, and so does a gateway that ends. */
export function untilClosed(client: TandemClient): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (client.state.type === 'closed') resolve();
    };
    client.onStateChange(look);
    look();
  });
}

/** Rejects when the connection ends, whatever `work` waits for. */
function failOnceClosed(client: TandemClient): Promise<never> {
  return new Promise((_, reject) => {
    client.onStateChange((state) => {
      if (state.type === 'closed') reject(state.error);
    });
  });
}

/** Where the gateway is, and a token for it. Throws CommandError (unreachable) when none is running. */
export async function findAccess(choice: GatewayChoice, io: Io): Promise<{ url: string; token: string }> {
  const directory = findStateDirectory(choice.stateDir, io.env);
  const url = choice.url ?? (await findGateway(directory));
  if (url === undefined) {
    throw new CommandError(`No gateway is running with ${directory}.`, {
      exitCode: ExitCode.unreachable,
      advice: ['Start one with: tandem start (or npm start for the demo)', 'Or name another: --state-dir, --url.'],
    });
  }
  return { url, token: await readToken(choice.tokenFile, directory) };
}

async function readToken(chosen: string | undefined, directory: string): Promise<string> {
  if (chosen !== undefined) {
    const text = await readFile(chosen, 'utf8').catch((error: unknown) => {
      throw new CommandError(`The token cannot be read: ${reasonOf(error)}`, { cause: error });
    });
    return text.trim();
  }
  const token = await readIfThere(join(directory, StateFile.token));
  if (token !== undefined) return token.trim();
  throw new CommandError(`There is no token in ${directory}.`, {
    advice: ['Name a file that holds one: --token-file FILE.'],
  });
}

function explain(error: unknown, io: Io): unknown {
  if (io.signal.aborted) return new CommandError('Interrupted.', { cause: error });
  if (!(error instanceof BrokerError)) return error;
  if (error.kind === 'gatewayUnreachable') {
    return new CommandError(error.message, {
      exitCode: ExitCode.unreachable,
      advice: ['Is it running? Start one with: tandem start (or npm start for the demo)'],
      cause: error,
    });
  }
  if (error.kind !== 'invalidToken') return error;
  return new CommandError('The gateway does not know this token.', {
    advice: ['Name the file of one that it knows: --token-file FILE.'],
    cause: error,
  });
}
