/** Access tokens: whoever holds one is an app of its bundle, with its permissions and scopes. Only hashes are kept. */
import { createHash, randomBytes } from 'node:crypto';
import { type Observable, Subject } from 'rxjs';
import { BrokerError } from '../protocol/errors.js';
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
}

/** Who is behind a verified token. */
export interface Principal extends Grant {
  /** Names the token without being it. */
  readonly tokenId: string;
}

/** What is kept of a token. */
export interface TokenRecord extends Principal {
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
  /** The token's text is given out here and never again. Rejects with BrokerError `invalidParameter` on an empty name or bundle. */
  create(grant: Grant): Promise<{ readonly token: string; readonly principal: Principal }>;
  /** Takes the same time for every text: what is compared is a hash, which nobody can steer. */
  verify(token: string): Principal | undefined;
  list(): readonly Principal[];
  /** Counts at once, even when saving fails. Resolves with false when there is no such token. */
  revoke(tokenId: string): Promise<boolean>;
  /** Ids of tokens as they are revoked. */
  readonly revoked$: Observable<string>;
}

/** Without storage, tokens last as long as the process. */
export async function createTokenStore(storage: TokenStorage = forgetful): Promise<TokenStore> {
  const records = new Map((await storage.load()).map((record) => [record.hash, record]));
  const revoked = new Subject<string>();
  let saving: Promise<unknown> = Promise.resolve();

  /** One save after the other, each with what is known when it begins. */
  function save(): Promise<void> {
    const saved = saving.then(() => storage.save([...records.values()]));
    saving = saved.catch(() => {}); // whoever caused this save hears of it; the next one tries again with everything
    return saved;
  }

  return {
    revoked$: revoked.asObservable(),
    list: () => [...records.values()].map(toPrincipal),
    verify(token) {
      const record = records.get(hashOf(token));
      return record === undefined ? undefined : toPrincipal(record);
    },
    async create(grant) {
      checkGrant(grant);
      const token = randomBytes(32).toString('base64url');
      const record = { ...readGrant(grant), tokenId: randomBytes(6).toString('hex'), hash: hashOf(token) };
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

function toPrincipal({ hash: _, ...principal }: TokenRecord): Principal {
  return principal;
}

function checkGrant({ name, bundleName, scopes }: Grant): void {
  if (name === '' || bundleName === '')
    throw new BrokerError('invalidParameter', 'name and bundleName must not be empty.');
  const unknown = scopes.find((scope) => !SCOPES.includes(scope));
  if (unknown !== undefined) throw new BrokerError('invalidParameter', `there is no scope ${JSON.stringify(unknown)}.`);
}

/** Keeps the fields of a grant and no others: the record is written to disk. */
function readGrant({ name, bundleName, permissions, isSystemApp, scopes }: Grant): Grant {
  return { name, bundleName, permissions: [...permissions], isSystemApp, scopes: [...scopes] };
}
