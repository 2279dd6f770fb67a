import { describe, expect, it, type TestContext } from 'vitest';
import { REQUIRED_PERMISSIONS } from '../../src/protocol/codes.js';
import { accessibilityFaults, openTab, STORY_TIMEOUT_MS, type Tab, takePicture } from './browser.js';
import { appNamed, createStage, logIn } from './stage.js';

const SESSIONS = 2_000;
/** A frame of 50 per second leaves 20 ms; the browser needs some of it to draw. */
const MAX_FRAME_CPU_MS = 16;
const SCROLL_FRAMES = 120;
const IDLE_MS = 3_000;
const MAX_IDLE_SHARE = 0.05;

async function openFullList(context: TestContext): Promise<Tab> {
  const stage = await createStage();
  const app = stage.kitchen.registerApp({ ...appNamed('Busy'), permissions: REQUIRED_PERMISSIONS });
  const manager = app.abilityConnectionManager;
  const peer = { deviceId: 'phone', ...appNamed('Refusing') };
  for (let index = 0; index < SESSIONS; index += 1) {
    manager.createAbilityConnectionSession(`service-${index % 7}`, app.context, peer, {});
  }
  const tab = await openTab(context, stage.address);
  await logIn(tab, await stage.createToken());
  await tab.page.getByText('2,000 sessions').waitFor();
  return tab;
}

/** What the page itself cost the processor, in seconds, whatever else the machine had to do. */
async function measureCpu({ page }: Tab): Promise<() => Promise<number>> {
  const debug = await page.context().newCDPSession(page);
  await debug.send('Performance.enable', { timeDomain: 'threadTicks' });
  return async () => {
    const { metrics } = await debug.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
  };
}

describe('the list of 2,000 sessions', { timeout: STORY_TIMEOUT_MS }, () => {
  it('scrolls with few rows and little work, and costs next to nothing at rest', async (context) => {
    const tab = await openFullList(context);
    const { page } = tab;
    const cpu = await measureCpu(tab);

    const before = await cpu();
    const { rows, framesPerSecond } = await page.evaluate(scrollThrough, SCROLL_FRAMES);
    const frameCpuMs = ((await cpu()) - before) * (1_000 / SCROLL_FRAMES);
    const idleBefore = await cpu();
    await page.evaluate((ms) => new Promise((resolve) => setTimeout(resolve, ms)), IDLE_MS);
    const idleShare = ((await cpu()) - idleBefore) / (IDLE_MS / 1_000);
    process.stderr.write(
      `2,000 sessions: ${framesPerSecond.toFixed(0)} frames/s, ${frameCpuMs.toFixed(1)} ms of work a frame, at most ${rows} rows; ` +
        `at rest ${(idleShare * 100).toFixed(1)} % of a core\n`,
    );
    expect(rows).toBeLessThan(40);
    expect(frameCpuMs).toBeLessThan(MAX_FRAME_CPU_MS);
    expect(idleShare).toBeLessThan(MAX_IDLE_SHARE);
    expect(tab.problems).toEqual([]);
  });

  it('is used by keyboard alone, and finds what is asked for', async (context) => {
    const tab = await openFullList(context);
    const { page } = tab;
    await takePicture(tab, 'page-list');
    await page.getByLabel('Filter sessions').fill('service-3 created 21');
    await page.getByText(/^\d+ of 2,000 sessions$/).waitFor();
    await page.getByLabel('Filter sessions').fill('');
    await page.getByRole('listbox').focus();
    await page.keyboard.press('ArrowDown');
    await page.getByRole('heading', { name: /session 2099/ }).waitFor();
    await page.keyboard.press('End');
    await page.getByRole('heading', { name: /session 100$/ }).waitFor();
    expect(await page.getByRole('option', { selected: true }).getAttribute('aria-posinset')).toBe('2000');
    expect(await accessibilityFaults(tab)).toEqual([]);
    expect(tab.problems).toEqual([]);
  });
});

/** In the browser: scrolls a screen's third a frame. */
async function scrollThrough(frames: number): Promise<{ rows: number; framesPerSecond: number }> {
  const view = document.querySelector('.list-view');
  if (view === null) throw new Error('no list');
  let rows = 0;
  const startedAt = performance.now();
  for (let frame = 0; frame < frames; frame += 1) {
    view.scrollTop += view.clientHeight / 3;
    await new Promise((resolve) => requestAnimationFrame(resolve));
    rows = Math.max(rows, document.querySelectorAll('.row').length);
  }
  return { rows, framesPerSecond: (frames * 1_000) / (performance.now() - startedAt) };
}
