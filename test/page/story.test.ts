import { readFile } from 'node:fs/promises';
import type { Download } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { accessibilityFaults, openTab, STORY_TIMEOUT_MS, type Tab, takePicture } from './browser.js';
import { startDemo } from './demo.js';

describe('the page of the demo', { timeout: STORY_TIMEOUT_MS }, () => {
  it('lets a newcomer make a session, talk, cut the air, walk back in time and keep the picture', async (context) => {
    const tab = await openTab(context, (await startDemo()).address);
    const { page } = tab;

    await page.getByRole('button', { name: 'Make a session with phone' }).click();
    await reaches(tab, 'connected');
    await expectWay(tab, 'connected', 'connecting|peer.accept|0');

    await page.getByLabel('Text to send').fill('hello over there');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.locator('.line-item:not(.is-own)', { hasText: 'hello over there' }).waitFor();
    await page.locator('.line-item.is-own', { hasText: 'acknowledged' }).waitFor();
    await page.locator('#chart-radio').waitFor();
    await takePicture(tab, 'page-chart');

    await page.getByRole('button', { name: 'Cut the air' }).click();
    await reaches(tab, 'suspended');
    await expectWay(tab, 'suspended', 'connected|link.lost|0');
    await page
      .getByLabel('Timers of the session')
      .getByText(/resume window/)
      .waitFor();
    await page.getByRole('button', { name: 'Heal the air' }).click();
    await reaches(tab, 'connected');
    await expectWay(tab, 'connected', 'suspended|peer.resume|0');

    await walkBack(tab);
    await keepPicture(tab);
    expect(await accessibilityFaults(tab)).toEqual([]);
    expect(tab.problems).toEqual([]);
  });
});

async function reaches({ page }: Tab, state: string): Promise<void> {
  await page.locator(`.headline-state.is-${state}`).waitFor();
}

/** The state that is marked in the chart, and the way that is marked as taken last. */
async function expectWay({ page }: Tab, state: string, edge: string): Promise<void> {
  await page.locator(`#chart-session .node.is-active[data-state="${state}"]`).waitFor();
  await page.locator(`#chart-session .label.is-taken[data-edge="${edge}"]`).waitFor();
  expect(await page.locator('#chart-session .node.is-active').count()).toBe(1);
}

async function walkBack(tab: Tab): Promise<void> {
  const { page } = tab;
  await page.getByRole('button', { name: 'link.lost connected → suspended' }).click();
  await page.getByText(/Paused at event \d+/).waitFor();
  await expectWay(tab, 'suspended', 'connected|link.lost|0');
  await page.locator('.changes', { hasText: 'session connected suspended' }).waitFor();
  await page.locator('#content').evaluate((content) => content.scrollTo(0, 0));
  await takePicture(tab, 'page-time-travel');
  await page.getByRole('slider', { name: 'Event' }).press('Home');
  await page.locator('#chart-session .node.is-active[data-state="created"]').waitFor();
  await page.getByRole('button', { name: 'Back to live' }).click();
  await page.locator('#chart-session .node.is-active[data-state="connected"]').waitFor();
}

async function keepPicture({ page }: Tab): Promise<void> {
  async function save(item: string): Promise<Buffer> {
    const saved = page.waitForEvent('download');
    await page.locator('summary', { hasText: 'Save' }).click();
    await page.getByRole('button', { name: item }).click();
    return contentOf(await saved);
  }

  const svg = (await save('Picture (SVG)')).toString();
  expect(svg).toMatch(/^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  expect(svg).toContain('>suspended<');
  expect(svg).not.toContain('class=');
  expect((await save('Picture (PNG)')).subarray(1, 4).toString()).toBe('PNG');
  const lines = (await save('Trace (NDJSON)')).toString().trim().split('\n');
  const [head, ...entries] = lines.map((line) => JSON.parse(line));
  expect(head).toMatchObject({ sessionId: 100, offset: entries.length });
  expect(entries.map(({ edge }) => edge)).toContain('connected|link.lost|0');
  expect(lines.join()).not.toContain('hello over there');
}

async function contentOf(download: Download): Promise<Buffer> {
  return readFile(await download.path());
}
