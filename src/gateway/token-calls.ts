/** The calls about access tokens. The scope admin is asked for by the method table. */
import type { Grant, Principal } from '../broker/tokens.js';
import type { MethodParams, MethodResult } from '../protocol/calls.js';
import { REQUIRED_PERMISSIONS } from '../protocol/codes.js';
import { BrokerError } from '../protocol/errors.js';
import type { Connection } from './connection.js';

/** The part of a connection that these calls need. */
type Caller = Pick<Connection, 'parts'>;

export async function createToken(
  { parts }: Caller,
  params: MethodParams<'createToken'>,
  maker: Principal,
): Promise<MethodResult<'createToken'>> {
  const { token, principal } = await parts.tokens.create(grantOf(params, maker), params.lifetimeMs);
  const { name, tokenId } = principal;
  parts.logger.info({ client: maker.name, tokenId, name }, 'access token created');
  return { token, tokenId };
}

export function listTokens({ parts }: Caller): MethodResult<'listTokens'> {
  return parts.tokens.list();
}

/** Whoever revokes keeps the scope admin, so that the last token that has it cannot be lost this way. */
export async function revokeToken(
  { parts }: Caller,
  { tokenId }: MethodParams<'revokeToken'>,
  principal: Principal,
): Promise<null> {
  if (tokenId === principal.tokenId) throw new BrokerError('forbidden', 'It does not revoke itself.');
  if (!(await parts.tokens.revoke(tokenId)))
    throw new BrokerError('invalidParameter', 'There is no such access token.');
  parts.logger.info({ client: principal.name, tokenId }, 'access token revoked');
  return null;
}

/** A token that expires makes none that outlives it. */
function grantOf(params: MethodParams<'createToken'>, { expiresAt }: Principal): Grant {
  const { name, bundleName, scopes, permissions = REQUIRED_PERMISSIONS, isSystemApp = false } = params;
  const grant = { name, bundleName, scopes: [...new Set(scopes)], permissions, isSystemApp };
  return expiresAt === undefined ? grant : { ...grant, expiresAt };
}
