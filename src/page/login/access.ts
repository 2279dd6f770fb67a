/** Who is logged in on this tab: the token is kept for the tab's life and never put into an address. */
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { LoginAnswer, LoginRequest, PageSettings } from '../../protocol/page-settings.js';
import { adviceOn } from '../live/obstacle.js';

/** What the tab keeps across a reload, and forgets when it is closed. */
const TOKEN_KEY = 'tandem.token';
const LOGIN_FRAGMENT = /^#login=(.*)$/s;

export interface Access {
  readonly token: ReadonlySignal<string | undefined>;
  /** Why nobody is logged in, for people; '' when nothing went wrong. */
  readonly trouble: ReadonlySignal<string>;
  /** A code from the address is being traded for a token. */
  readonly isBusy: ReadonlySignal<boolean>;
  /** What this gateway lets its page offer; undefined until it said so. */
  readonly settings: ReadonlySignal<PageSettings | undefined>;
  enter(token: string): void;
  /** `why` is shown to whoever has to log in again. */
  leave(why?: string): void;
}

export function createAccess(): Access {
  const code = takeCode('');
  const token = signal(code === undefined ? (sessionStorage.getItem(TOKEN_KEY) ?? undefined) : undefined);
  const trouble = signal('');
  const trading = signal(code !== undefined);
  const settings = signal<PageSettings | undefined>(undefined);

  function enter(given: string): void {
    sessionStorage.setItem(TOKEN_KEY, given);
    trouble.value = '';
    token.value = given;
  }

  function leave(why = ''): void {
    sessionStorage.removeItem(TOKEN_KEY);
    trouble.value = why;
    token.value = undefined;
  }

  async function trade(given: string): Promise<void> {
    try {
      enter(await askForToken(given));
    } catch (error) {
      leave(error instanceof Error ? error.message : String(error));
    } finally {
      trading.value = false;
    }
  }

  /** The address was opened in a tab that shows the page already. Who is logged in stays so, and the code serves another browser. */
  async function tradeUnlessIn(given: string): Promise<void> {
    if (trading.value) return;
    trading.value = token.value === undefined;
    if (token.value !== undefined && (await isValid(token.value))) return;
    trading.value = true;
    await trade(given);
  }

  // First of those who listen: others see the address as it was before.
  window.addEventListener('hashchange', ({ oldURL }) => {
    const later = takeCode(new URL(oldURL).hash);
    if (later !== undefined) void tradeUnlessIn(later);
  });
  if (code !== undefined) void trade(code);
  void readSettings().then((read) => {
    settings.value = read;
  });
  return { token, trouble, isBusy: computed(() => trading.value), settings, enter, leave };
}

/** The code of the address, which then forgets it, right or wrong: it works once, and a bookmark must not hold it. `hash` takes its place. */
function takeCode(hash: string): string | undefined {
  const code = LOGIN_FRAGMENT.exec(location.hash)?.[1];
  if (code !== undefined) history.replaceState(null, '', `${location.pathname}${hash}`);
  return code;
}

/** False once the gateway says that it does not know the token. */
async function isValid(token: string): Promise<boolean> {
  try {
    return (await fetch('/v1/sessions', { headers: { authorization: `Bearer ${token}` } })).status !== 401;
  } catch {
    return true;
  }
}

async function askForToken(code: string): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const body: LoginRequest = { code };
  const response = await fetch('/v1/login', { method: 'POST', headers, body: JSON.stringify(body) });
  if (response.status === 403) throw new Error(adviceOn('origin'));
  if (!response.ok) throw new Error('This address has been used, or is too old. Take the newest that Tandem printed.');
  const { token } = (await response.json()) as LoginAnswer; // the gateway's word
  return token;
}

/** Without settings the page does what it can everywhere. */
async function readSettings(): Promise<PageSettings> {
  try {
    return (await (await fetch('/page.json')).json()) as PageSettings; // the gateway's word
  } catch {
    return { isOriginAllowed: true };
  }
}
