/** Access tokens: whoever holds one is an app of its bundle, with its permissions and scopes. Only hashes are kept. */
import { createHash, randomBytes } from 'node:crypto';
import { type Observable, Subject } from 'rxjs';
import { readFilledName, readName } from '../protocol/arguments.js';
import { BrokerError } from '../protocol/errors.js';
import { MAX_TOKENS, TOKEN_USE_STEP_MS } from '../protocol/limits.js';
import { SCOPES, type Scope } from '../protocol/scopes.js';

/** What a token stands for. */
export interface Grant {
  /** For people: logs and lists show it. */
  readonly name: string;
  readonly bundleName: string;
  /** See REQUIRED_PERMISSIONS. */
  readonly permissions: readonly string[];
  readonly isSystemApp: boolean;
  readonly scopes: readonly Scope[];
  /** From then on the token is worth nothing, in milliseconds since 1970; it never ends if left out. */
  readonly expiresAt?: number;
}

/** Who is behind a verified token. */
export interface Principal extends Grant {
  /** Names the token without being it. */
  readonly tokenId: string;
}

/** A token as lists show it. */
export interface TokenInfo extends Principal {
  /** In milliseconds since 1970. */
  readonly createdAt?: number;
  /** In milliseconds since 1970, rounded down to TOKEN_USE_STEP_MS; undefined when it was never used. */
  readonly lastUsedAt?: number;
}

/** What is kept of a token. */
export interface TokenRecord extends TokenInfo {
  /** SHA-256 of the token's text, in lower-case hexadecimal. Enough without salt: the text has 256 random bits. */
  readonly hash: string;
}

/** Where records live between starts. */
export interface TokenStorage {
  load(): Promise<readonly TokenRecord[]>;
  /** Replaces all records at once; called for one change at a time. */
  save(records: readonly TokenRecord[]): Promise<void>;
}

export interface TokenStore {
  /**
   * The token's text is given out here and never again. Rejects with BrokerError `invalidParameter` on an empty name or bundle,
   * `tooManyAtOnce` when there are MAX_TOKENS. With `lifetimeMs` it expires that long from now, if not earlier.
   */
  create(grant: Grant, lifetimeMs?: number): Promise<{ readonly token: string; readonly principal: Principal }>;
  /** Takes the same time for every text: what is compared is a hash, which nobody can steer. */
  verify(token: string): Principal | undefined;
  /** Whether somebody who was verified once may stay: false once the token has expired. */
  isCurrent(principal: Principal): boolean;
  list(): readonly TokenInfo[];
  /** Counts at once, even when saving fails. Resolves with false when there is no such token. */
  revoke(tokenId: string): Promise<boolean>;
  /** Ids of tokens as they are revoked. */
  readonly revoked$: Observable<string>;
  /** Resolves when nothing is being saved any more. */
  settle(): Promise<void>;
}

export interface TokenStoreOptions {
  /** Milliseconds since 1970: tokens expire by the time of day, also while nothing runs. */
  readonly now?: () => number;
}

/** Without storage, tokens last as long as the process. */
export async function createTokenStore(
  storage: TokenStorage = forgetful,
  { now = Date.now }: TokenStoreOptions = {},
): Promise<TokenStore> {
  const records = new Map((await storage.load()).map((record) => [record.hash, record]));
  const revoked = new Subject<string>();
  let saving: Promise<unknown> = Promise.resolve();

  /** One save after the other, each with what is known when it begins. */
  function save(): Promise<void> {
    const saved = saving.then(() => storage.save([...records.values()]));
    saving = saved.catch(() => {}); // whoever caused this save hears of it; the next one tries again with everything
    return saved;
  }

  function isCurrent({ expiresAt }: Grant): boolean {
    return expiresAt === undefined || now() < expiresAt;
  }

  /** Saved once a step at most, or whoever connects often would wear out the disk. */
  function noteUse(record: TokenRecord): void {
    const lastUsedAt = Math.floor(now() / TOKEN_USE_STEP_MS) * TOKEN_USE_STEP_MS;
    if (record.lastUsedAt === lastUsedAt) return;
    records.set(record.hash, { ...record, lastUsedAt });
    void save().catch(() => {}); // worth no failure: the next save has it
  }

  return {
    revoked$: revoked.asObservable(),
    isCurrent,
    list: () => [...records.values()].map(({ hash: _, ...info }) => info),
    settle: async () => void (await saving),
    verify(token) {
      const record = records.get(hashOf(token));
      if (record === undefined || !isCurrent(record)) return undefined;
      noteUse(record);
      return toPrincipal(record);
    },
    async create(wanted, lifetimeMs) {
      const grant = lifetimeMs === undefined ? wanted : { ...wanted, expiresAt: earlier(now() + lifetimeMs, wanted) };
      checkGrant(grant);
      if (records.size >= MAX_TOKENS)
        throw new BrokerError('tooManyAtOnce', `There are ${MAX_TOKENS} tokens: revoke some.`);
      const token = randomBytes(32).toString('base64url');
      const tokenId = randomBytes(6).toString('hex');
      const record = { ...readGrant(grant), tokenId, createdAt: now(), hash: hashOf(token) };
      records.set(record.hash, record);
      await save().catch((error: unknown) => {
        records.delete(record.hash);
        throw error;
      });
      return { token, principal: toPrincipal(record) };
    },
    async revoke(tokenId) {
      const record = [...records.values()].find((candidate) => candidate.tokenId === tokenId);
      if (record === undefined) return false;
      records.delete(record.hash);
      revoked.next(tokenId);
      await save();
      return true;
    },
  };
}

const forgetful: TokenStorage = { load: async () => [], save: async () => {} };

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function toPrincipal({ hash: _, createdAt: __, lastUsedAt: ___, ...principal }: TokenRecord): Principal {
  return principal;
}

function checkGrant({ name, bundleName, permissions, scopes, expiresAt }: Grant): void {
  if (expiresAt !== undefined && !Number.isSafeInteger(expiresAt))
    throw new BrokerError('invalidParameter', 'expiresAt must be in whole milliseconds since 1970.');
  readFilledName(name, 'name');
  readFilledName(bundleName, 'bundleName');
  for (const permission of permissions) readName(permission, 'permissions');
  const unknown = scopes.find((scope) => !SCOPES.includes(scope));
  if (unknown !== undefined) throw new BrokerError('invalidParameter', `there is no scope ${JSON.stringify(unknown)}.`);
}

function earlier(moment: number, { expiresAt = moment }: Grant): number {
  return Math.min(moment, expiresAt);
}

/** Keeps the fields of a grant and no others: the record is written to disk. */
function readGrant({ name, bundleName, permissions, isSystemApp, scopes, expiresAt }: Grant): Grant {
  const grant = { name, bundleName, permissions: [...permissions], isSystemApp, scopes: [...scopes] };
  return expiresAt === undefined ? grant : { ...grant, expiresAt };
}
