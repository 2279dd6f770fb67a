import { describe, expect, it } from 'vitest';
import { openTab, STORY_TIMEOUT_MS, type Tab } from './browser.js';
import { startDemo } from './demo.js';

/** What pasting an address does in a tab that shows the page already: nothing is loaded, only the part after `#` changes. */
async function paste({ page }: Tab, address: string): Promise<void> {
  await page.evaluate((href) => {
    location.href = href;
  }, address);
}

/** In no address that the tab shows or can go back to. */
async function expectNoCode({ page }: Tab, code: string): Promise<void> {
  expect(page.url()).not.toContain(code);
  await page.goBack();
  expect(page.url()).not.toContain(code);
  await page.goForward();
  expect(page.url()).not.toContain(code);
}

describe('the address that logs in', { timeout: STORY_TIMEOUT_MS }, () => {
  it('works in a tab that shows the page already, and is forgotten by the tab', async (context) => {
    const { address } = await startDemo();
    const tab = await openTab(context, address.split('#')[0] ?? '');
    await tab.page.getByLabel('Access token').waitFor();
    await paste(tab, address);
    await tab.page.getByRole('button', { name: 'Make a session with phone' }).waitFor();
    await expectNoCode(tab, address.split('#')[1] ?? '');
    expect(tab.problems).toEqual([]);
  });

  it('changes nothing for who is logged in, and then still serves another browser', async (context) => {
    const { address, nextAddress } = await startDemo();
    const tab = await openTab(context, address);
    await tab.page.getByRole('button', { name: 'Make a session with phone' }).click();
    await tab.page.locator('.headline-state.is-connected').waitFor();
    const shown = tab.page.url();
    const next = await nextAddress();
    const asked = tab.page.waitForResponse(/\/v1\/sessions$/);
    await paste(tab, next);
    expect((await asked).status()).toBe(200);
    expect(tab.page.url()).toBe(shown);
    await tab.page.locator('.headline-state.is-connected').waitFor();

    const other = await openTab(context, next);
    await other.page.getByRole('button', { name: 'Make a session with phone' }).waitFor();
    expect(other.page.url()).not.toContain('login');
    expect(await tab.page.locator('.headline-state.is-connected').count()).toBe(1);
  });

  it('is forgotten also when it is wrong, and the page says why', async (context) => {
    const { address } = await startDemo();
    const home = address.split('#')[0] ?? '';
    const tab = await openTab(context, `${home}#login=not%20a%20code`);
    await tab.page.getByRole('alert').getByText('has been used, or is too old').waitFor();
    expect(tab.page.url()).toBe(home);
    await paste(tab, `${home}#login=wrong`);
    await expect.poll(() => tab.page.url()).toBe(home);
  });
});
