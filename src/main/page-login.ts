/** How a person gets into the live page without a token at hand: a link with a code that works once. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { type Observable, Subject } from 'rxjs';
import type { TokenStore } from '../broker/tokens.js';
import type { LoginCodes } from '../gateway/page/page-options.js';
import { REQUIRED_PERMISSIONS } from '../protocol/codes.js';
import { LOGIN_CODE_LIFETIME_MS } from '../protocol/limits.js';

/** Bundle of the app that a page is. */
const PAGE_BUNDLE = 'tandem.page';
const TOKEN_NAME = 'live page';

export interface PageLogin extends LoginCodes {
  /** The part of the page's address after `#`: browsers keep it to themselves. Replaces a code that was not used. */
  makeFragment(): string;
  /** Each time a code was traded for a token. */
  readonly used$: Observable<void>;
  /** Ends `used$`; no code is valid any more. */
  close(): void;
}

export interface PageLoginOptions {
  readonly tokens: TokenStore;
  /** Milliseconds since some fixed moment. */
  readonly now?: () => number;
}

/** Tokens that pages of an earlier run were given end here: their tabs log in again. */
export async function createPageLogin({ tokens, now = () => performance.now() }: PageLoginOptions): Promise<PageLogin> {
  for (const { tokenId } of tokens.list().filter(({ name }) => name === TOKEN_NAME)) await tokens.revoke(tokenId);
  const used = new Subject<void>();
  let valid: { readonly hash: Buffer; readonly until: number } | undefined;

  return {
    used$: used.asObservable(),
    makeFragment() {
      const code = randomBytes(16).toString('base64url');
      valid = { hash: hashOf(code), until: now() + LOGIN_CODE_LIFETIME_MS };
      return `login=${code}`;
    },
    close() {
      valid = undefined;
      used.complete();
    },
    async redeem(code) {
      if (valid === undefined || now() > valid.until || !timingSafeEqual(hashOf(code), valid.hash)) return undefined;
      // Before the first await: of two requests with one code, one gets a token.
      valid = undefined;
      const { token } = await tokens.create({
        name: TOKEN_NAME,
        bundleName: PAGE_BUNDLE,
        permissions: REQUIRED_PERMISSIONS,
        isSystemApp: false,
        scopes: ['read', 'drive', 'admin'],
      });
      used.next();
      return token;
    },
  };
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
