import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { SimulatedClock } from 'xstate';
import { createBroker } from '../../src/broker/broker.js';
import { createTokenStore, type TokenStore } from '../../src/broker/tokens.js';
import { createGateway, type Gateway } from '../../src/gateway/gateway.js';
import type { DemoControl, PageOptions } from '../../src/gateway/page/page-options.js';
import { createPageLogin } from '../../src/main/page-login.js';
import { LOGIN_CODE_LIFETIME_MS, REFUSAL_DELAY_MS } from '../../src/protocol/limits.js';
import { createAccount } from '../../src/transport/account.js';
import { createMemoryAir } from '../../src/transport/memory.js';
import { makeTemporaryDirectory } from '../main/recorded-io.js';

const SCRIPT = `console.log(${JSON.stringify('long enough to be worth compressing, '.repeat(20))});`;
let clock: SimulatedClock;
let tokens: TokenStore;
let directory: string;

beforeEach(async () => {
  clock = new SimulatedClock();
  tokens = await createTokenStore();
  directory = await makeTemporaryDirectory();
});

async function start(page: Omit<PageOptions, 'directory'> = {}): Promise<{ gateway: Gateway; base: string }> {
  const transport = createMemoryAir({ clock }).transport('kitchen');
  const broker = await createBroker({ deviceId: 'kitchen', account: createAccount(), transport, clock });
  const gateway = await createGateway({ broker, tokens, timers: clock, page: { directory, ...page } });
  onTestFinished(async () => {
    await gateway.close();
    await broker.close();
  });
  return { gateway, base: `http://127.0.0.1:${gateway.port}` };
}

async function build(): Promise<void> {
  await mkdir(join(directory, 'assets'));
  await writeFile(join(directory, 'index.html'), '<!doctype html><title>Tandem</title>');
  await writeFile(join(directory, 'assets/index-x1.js'), SCRIPT);
  await writeFile(join(directory, 'notes.txt'), 'not for the page');
}

describe('the page over HTTP', () => {
  it('is not there when it was not built', async () => {
    const { gateway, base } = await start();
    expect(gateway.hasPage).toBe(false);
    expect((await fetch(`${base}/`)).status).toBe(404);
  });

  it('is asked for anew each time, while what it is made of is kept for good', async () => {
    await build();
    const { base } = await start();
    const index = await fetch(`${base}/`);
    expect(index.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(index.headers.get('cache-control')).toBe('no-store');
    const script = await fetch(`${base}/assets/index-x1.js`);
    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(await script.text()).toBe(SCRIPT);
  });

  it('answers 304 to who has it, and compresses for who can read it', async () => {
    await build();
    const { base } = await start();
    const plain = await fetch(`${base}/assets/index-x1.js`, { headers: { 'accept-encoding': 'identity' } });
    expect(plain.headers.get('content-encoding')).toBeNull();
    const tag = plain.headers.get('etag') ?? '';
    const again = await fetch(`${base}/assets/index-x1.js`, { headers: { 'if-none-match': `"other", W/${tag}` } });
    expect(again.status).toBe(304);
    const packed = await fetch(`${base}/assets/index-x1.js`, { headers: { 'accept-encoding': 'br, gzip' } });
    expect(packed.headers.get('content-encoding')).toBe('gzip');
    expect(Number(packed.headers.get('content-length'))).toBeLessThan(SCRIPT.length);
  });

  it('may load nothing from elsewhere, run nothing inline, and stand in no frame', async () => {
    await build();
    const { base } = await start();
    const { headers } = await fetch(`${base}/`);
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'self'; .*frame-ancestors 'none'$/);
    expect(headers.get('content-security-policy')).not.toMatch(/unsafe|\*|https?:/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  });

  it('is made of its own files and of no others', async () => {
    await build();
    const { base } = await start();
    for (const path of [
      '/notes.txt',
      '/index.html',
      '/assets/',
      '/assets/..%2f..%2fpackage.json',
      '/%2e%2e/package.json',
    ]) {
      expect([path, (await fetch(`${base}${path}`)).status]).toEqual([path, 404]);
    }
  });

  it('says in page.json whether pages of an origin may use the gateway where it is', async () => {
    await build();
    const { base } = await start();
    const ask = async (query: string): Promise<unknown> => await (await fetch(`${base}/page.json${query}`)).json();
    expect(await ask(`?origin=${encodeURIComponent(base)}`)).toEqual({ isOriginAllowed: true });
    expect(await ask('?origin=https://other.example')).toEqual({ isOriginAllowed: false });
  });
});

describe('login by code', () => {
  const logIn = (base: string, code: unknown, headers = {}): Promise<Response> =>
    fetch(`${base}/v1/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ code }),
    });

  async function startWithCode() {
    await build();
    const loginCodes = await createPageLogin({ tokens, now: () => clock.now() });
    const { base } = await start({ loginCodes });
    return { base, loginCodes, code: loginCodes.makeFragment().replace('login=', '') };
  }

  it('gives a token for a code, once', async () => {
    const { base, code } = await startWithCode();
    const answer = await logIn(base, code);
    const { token } = (await answer.json()) as { readonly token: string }; // as the next line shows
    expect(tokens.verify(token)).toMatchObject({ bundleName: 'tandem.page', scopes: ['read', 'drive', 'admin'] });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await lateStatus(logIn(base, code))).toBe(401);
  });

  it('gives one token to two who come with one code at once', async () => {
    const { base, code } = await startWithCode();
    const both = Promise.all([logIn(base, code), logIn(base, code)]);
    await refusalIsDue();
    clock.increment(REFUSAL_DELAY_MS);
    expect((await both).map(({ status }) => status).sort()).toEqual([200, 401]);
    expect(tokens.list()).toHaveLength(1);
  });

  it('refuses a wrong code late, also one that is no text', async () => {
    const { base } = await startWithCode();
    expect(await lateStatus(logIn(base, 'wrong'))).toBe(401);
    clock.increment(REFUSAL_DELAY_MS);
    expect(await lateStatus(logIn(base, { code: 1 }), 2)).toBe(401);
  });

  it('refuses a code that is too old, and one that a newer one replaced', async () => {
    const { base, code, loginCodes } = await startWithCode();
    clock.increment(LOGIN_CODE_LIFETIME_MS + 1);
    expect(await lateStatus(logIn(base, code))).toBe(401);
    const replaced = loginCodes.makeFragment().replace('login=', '');
    loginCodes.makeFragment();
    expect(await lateStatus(logIn(base, replaced), 2)).toBe(401);
  });

  it('is not for pages of other origins, nor for long bodies', async () => {
    const { base, code } = await startWithCode();
    expect((await logIn(base, code, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await logIn(base, 'x'.repeat(2_000))).status).toBe(413);
    expect((await logIn(base, code)).status).toBe(200);
  });

  it('is not there where nobody is shown a code', async () => {
    await build();
    const { base } = await start();
    expect((await logIn(base, 'any')).status).toBe(404);
  });

  it('ends the tokens of an earlier run', async () => {
    const { base, code } = await startWithCode();
    const { token } = (await (await logIn(base, code)).json()) as { readonly token: string }; // as above
    await createPageLogin({ tokens });
    expect(tokens.verify(token)).toBeUndefined();
  });

  /** Lets the delay of a refusal pass once the gateway waits for it. */
  async function lateStatus(answer: Promise<Response>, failures = 1): Promise<number> {
    await refusalIsDue();
    clock.increment(failures * REFUSAL_DELAY_MS);
    return (await answer).status;
  }

  /** The clock has been asked to wake the gateway. */
  async function refusalIsDue(): Promise<void> {
    const original = clock.setTimeout.bind(clock);
    await new Promise<void>((resolve) => {
      clock.setTimeout = (callback, delayMs) => {
        clock.setTimeout = original;
        resolve();
        return original(callback, delayMs);
      };
    });
  }
});

describe('the switch of the demo', () => {
  const settings = {
    deviceName: 'phone',
    app: { bundleName: 'b', moduleName: 'm', abilityName: 'a' },
    serviceName: 's',
  };

  function createControl(): DemoControl {
    let isAirCut = false;
    return {
      settings,
      get isAirCut() {
        return isAirCut;
      },
      setAirCut(isCut) {
        isAirCut = isCut;
      },
    };
  }

  async function tokenFor(scopes: readonly ('read' | 'drive')[]): Promise<string> {
    const grant = { name: 'tester', bundleName: 'org.example', permissions: [], isSystemApp: false, scopes };
    return (await tokens.create(grant)).token;
  }

  const put = (base: string, token: string | undefined, body: unknown): Promise<Response> =>
    fetch(`${base}/v1/demo/air`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify(body),
    });

  it('cuts and heals the air for who may drive, and for nobody else', async () => {
    await build();
    const demo = createControl();
    const { base } = await start({ demo });
    expect((await put(base, undefined, { isCut: true })).status).toBe(401);
    expect((await put(base, await tokenFor(['read']), { isCut: true })).status).toBe(403);
    const driver = await tokenFor(['drive']);
    expect((await put(base, driver, { isCut: 'yes' })).status).toBe(400);
    expect(demo.isAirCut).toBe(false);
    expect(await (await put(base, driver, { isCut: true })).json()).toEqual({ isCut: true });
    expect(demo.isAirCut).toBe(true);
    expect(await (await fetch(`${base}/page.json`)).json()).toEqual({ isOriginAllowed: true, demo: settings });
  });

  it('is not there in an ordinary gateway', async () => {
    await build();
    const { base } = await start();
    expect((await put(base, await tokenFor(['drive']), { isCut: true })).status).toBe(404);
    expect(await (await fetch(`${base}/page.json`)).json()).toEqual({ isOriginAllowed: true });
  });
});
