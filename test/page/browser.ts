/** Debian's chromium, driven by playwright-core, and what no page of ours may do in it. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, expect, onTestFailed, onTestFinished, type TestContext } from 'vitest';

const CHROMIUM = '/usr/bin/chromium';
const MISSING = 'chromium is missing; on Debian: apt-get install chromium';
/** Nothing of its own over the network, and no need of a sandbox that containers lack. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // A name for this machine that is not loopback, for pages behind a proxy.
  '--host-resolver-rules=MAP tandem.test 127.0.0.1',
];
const VIEWPORT = { width: 1440, height: 960 };
/** One step, and a whole test: these only end a test that hangs, on a machine that may be very busy. */
const STEP_TIMEOUT_MS = 60_000;
export const STORY_TIMEOUT_MS = 240_000;

export interface Tab {
  readonly page: Page;
  /** Console errors, exceptions, refused requests, and requests that leave the page's origin. */
  readonly problems: readonly string[];
}

/** Where there is no browser the test is skipped; in CI that is a failure. */
export async function openTab({ skip }: TestContext, address: string): Promise<Tab> {
  if (!existsSync(CHROMIUM)) {
    process.stderr.write(`${MISSING}\n`);
    return process.env['CI'] === 'true' ? expect.fail(MISSING) : skip(MISSING);
  }
  const page = await (await openContext()).newPage();
  page.setDefaultTimeout(STEP_TIMEOUT_MS);
  const problems: string[] = [];
  watch(page, new URL(address).origin, problems);
  onTestFailed(async () => {
    process.stderr.write(`${[...problems, await page.locator('body').ariaSnapshot().catch(String)].join('\n')}\n`);
  });
  await page.goto(address);
  return { page, problems };
}

/** One browser for the tests of a file, with a profile that is gone afterwards; each test has a context of its own. */
let launched: Promise<Browser> | undefined;

afterAll(async () => {
  await (await launched)?.close();
});

async function openContext(): Promise<BrowserContext> {
  launched ??= chromium.launch({ executablePath: CHROMIUM, args: FLAGS, timeout: STEP_TIMEOUT_MS });
  const context = await (await launched).newContext({ viewport: VIEWPORT, reducedMotion: 'reduce' });
  onTestFinished(() => context.close());
  return context;
}

function watch(page: Page, origin: string, problems: string[]): void {
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(`console: ${message.text()}`);
  });
  page.on('pageerror', ({ message }) => problems.push(`exception: ${message}`));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol !== 'blob:' && url.origin !== origin) problems.push(`outside request: ${url.href}`);
  });
  page.on('websocket', (socket) => {
    if (new URL(socket.url()).host !== new URL(origin).host) problems.push(`outside socket: ${socket.url()}`);
  });
  page.on('requestfailed', (request) => problems.push(`failed: ${request.url()}`));
}

/** What axe-core finds serious or critical, in the light and in the dark, in words. */
export async function accessibilityFaults({ page }: Tab): Promise<readonly string[]> {
  // By the debugger, which the page's policy does not bind.
  await page.evaluate(axe.source);
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { violations } = await page.evaluate<axe.AxeResults>('axe.run(document)');
    for (const { id, impact, nodes } of violations.filter(
      ({ impact }) => impact === 'serious' || impact === 'critical',
    )) {
      found.push(
        ...nodes.map(({ target, failureSummary }) => `${colorScheme}: ${impact} ${id} at ${target}: ${failureSummary}`),
      );
    }
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  return found;
}

/** Pictures for the documents are taken only when they are asked for: TANDEM_SCREENSHOTS=true. */
export async function takePicture({ page }: Tab, name: string): Promise<void> {
  if (process.env['TANDEM_SCREENSHOTS'] !== 'true') return;
  await mkdir('docs/images', { recursive: true });
  await page.screenshot({ path: `docs/images/${name}.png` });
}
