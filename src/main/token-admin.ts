/** Where `tandem token` works: at the gateway that runs, or on the file of one that does not. */
import type { MethodParams, MethodResult } from '../protocol/calls.js';
import { CommandError, ExitCode } from './command-error.js';
import { type GatewayChoice, withClient } from './gateway-client.js';
import { findGateway } from './gateway-file.js';
import { findStateDirectory, prepareStateDirectory } from './state-directory.js';
import { lockState } from './state-lock.js';
import type { Io } from './terminal/io.js';
import { openTokenStore } from './token-store.js';

export type TokenWish = MethodParams<'createToken'> & { readonly permissions: string[] };
export type AccessToken = MethodResult<'listTokens'>[number];

export interface TokenAdmin {
  create(wish: TokenWish): Promise<MethodResult<'createToken'>>;
  list(): Promise<readonly AccessToken[]>;
  revoke(tokenId: string): Promise<void>;
}

/** Rejects as the gateway does, and with CommandError where there is neither a gateway nor a directory to work on. */
export async function withTokenAdmin<Result>(
  choice: GatewayChoice,
  io: Io,
  work: (admin: TokenAdmin) => Promise<Result>,
): Promise<Result> {
  const directory = findStateDirectory(choice.stateDir, io.env);
  const isElsewhere = choice.url !== undefined;
  if (!isElsewhere && (await findGateway(directory)) === undefined) return withTokenFile(directory, work);
  try {
    return await withClient(choice, io, (client) =>
      work({
        create: (wish) => client.call('createToken', wish),
        list: () => client.call('listTokens', {}),
        revoke: async (tokenId) => void (await client.call('revokeToken', { tokenId })),
      }),
    );
  } catch (error) {
    // A gateway that was killed leaves word of itself. Should it live after all, it holds the lock.
    const isGone = error instanceof CommandError && error.exitCode === ExitCode.unreachable;
    if (isElsewhere || !isGone) throw error;
    return withTokenFile(directory, work);
  }
}

/** The lock keeps a broker from starting with what is about to change. */
async function withTokenFile<Result>(directory: string, work: (admin: TokenAdmin) => Promise<Result>): Promise<Result> {
  await prepareStateDirectory(directory);
  const lock = await lockState(directory);
  try {
    const tokens = await openTokenStore(directory);
    return await work({
      async create({ lifetimeMs, isSystemApp = false, ...grant }) {
        const { token, principal } = await tokens.create({ ...grant, isSystemApp }, lifetimeMs);
        return { token, tokenId: principal.tokenId };
      },
      list: async () => tokens.list(),
      revoke: async (tokenId) => void (await tokens.revoke(tokenId)),
    });
  } finally {
    await lock.release();
  }
}
