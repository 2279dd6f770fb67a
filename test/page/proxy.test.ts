import { describe, expect, it, type TestContext } from 'vitest';
import { startNginx } from '../support/proxies.js';
import { freePort } from '../support/server-process.js';
import { accessibilityFaults, openTab, STORY_TIMEOUT_MS, type Tab } from './browser.js';
import { createStage, logIn } from './stage.js';

const UPGRADE = [
  'proxy_http_version 1.1',
  'proxy_set_header Upgrade $http_upgrade',
  'proxy_set_header Connection "upgrade"',
];

/** The page behind nginx, by a name that is not loopback, with these lines and no others. */
async function openThrough(context: TestContext, lines: readonly string[], isAllowed = false): Promise<Tab> {
  const [port, gatewayPort] = [await freePort(), await freePort()];
  const address = `http://tandem.test:${port}`;
  // As `gateway.publicUrl` is passed on.
  const stage = await createStage({ port: gatewayPort, ...(isAllowed && { origins: [`${address}/`] }) });
  const location = [`proxy_pass http://127.0.0.1:${gatewayPort}`, ...lines].map((line) => `${line};`).join('\n');
  await startNginx(context.skip, `server { listen 127.0.0.1:${port}; location / { ${location} } }`);
  const tab = await openTab(context, `${address}/`);
  await logIn(tab, await stage.createToken());
  return tab;
}

describe('the page behind a proxy', { timeout: STORY_TIMEOUT_MS }, () => {
  it('says that its address is refused, and what to do', async (context) => {
    // Host is nginx' own name for the gateway.
    const tab = await openThrough(context, UPGRADE);
    const alert = tab.page.getByRole('alert');
    await alert.waitFor();
    const { origin } = new URL(tab.page.url());
    expect(await alert.textContent()).toContain(`This gateway refuses pages of ${origin}.`);
    expect(await alert.textContent()).toContain('gateway.allowedOrigins');
    expect(await tab.page.locator('.bar .badge').textContent()).toBe('Refused');
    expect(await accessibilityFaults(tab)).toEqual([]);
  });

  it('says that its WebSocket does not get through, and what to do', async (context) => {
    const tab = await openThrough(context, ['proxy_set_header Host $http_host']);
    const alert = tab.page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.textContent()).toContain('has to pass on Upgrade and Connection');
    expect(await tab.page.locator('.bar .badge').textContent()).toBe('Blocked');
  });

  it.for([
    ['keeps the host', ['proxy_set_header Host $http_host'], false],
    ['loses it, where gateway.publicUrl has the address', [], true],
  ] as const)('is live where the proxy %s', async ([_, lines, isAllowed], context) => {
    const tab = await openThrough(context, [...UPGRADE, ...lines], isAllowed);
    await tab.page.locator('.bar .badge.is-connected').waitFor();
    expect(await tab.page.getByRole('alert').count()).toBe(0);
    // Without TLS chromium has its doubts; that is not what is tried here.
    expect(tab.problems.filter((problem) => !problem.includes('untrustworthy'))).toEqual([]);
  });
});
