import { describe, expect, it } from 'vitest';
import { ECHO_APP } from '../../src/main/echo-app.js';
import { REQUIRED_PERMISSIONS } from '../../src/protocol/codes.js';
import { accessibilityFaults, openTab, STORY_TIMEOUT_MS } from './browser.js';
import { appNamed, createStage, logIn, makeSession } from './stage.js';

describe('the page', { timeout: STORY_TIMEOUT_MS }, () => {
  it('says in words why a session was rejected', async (context) => {
    const stage = await createStage();
    const tab = await openTab(context, stage.address);
    await logIn(tab, await stage.createToken());
    await makeSession(tab, appNamed('Refusing'), 'dinner');
    await tab.page.locator('.headline-state.is-rejected').waitFor();
    const diagnosis = tab.page.locator('.diagnosis.is-rejected');
    await diagnosis.getByText('PEER_APP_REJECTED').waitFor();
    expect(await diagnosis.textContent()).toContain('not while cooking');
    expect(await tab.page.getByRole('button', { name: 'Connect', exact: true }).isEnabled()).toBe(true);
    expect(await tab.page.getByRole('button', { name: 'Disconnect' }).isEnabled()).toBe(false);
    expect(await accessibilityFaults(tab)).toEqual([]);
    expect(tab.problems).toEqual([]);
  });

  it('says in words why a session failed', async (context) => {
    const stage = await createStage();
    const tab = await openTab(context, stage.address);
    await logIn(tab, await stage.createToken());
    await makeSession(tab, appNamed('Deaf'), 'dinner');
    await tab.page.locator('.headline-state.is-failed').waitFor();
    await tab.page.locator('.diagnosis.is-failed').getByText('PEER_ABILITY_NO_ONCOLLABORATE').waitFor();
    await tab.page.locator('.diagnosis-words').waitFor();
    await tab.page.locator('#chart-session .node.is-active[data-state="failed"]').waitFor();
    expect(tab.problems).toEqual([]);
  });

  it('says so when the gateway would not take what was typed, and goes on', async (context) => {
    const stage = await createStage();
    const tab = await openTab(context, stage.address);
    await logIn(tab, await stage.createToken());
    await makeSession(tab, ECHO_APP, 'x'.repeat(70_000));
    await tab.page.getByRole('alert').getByText('Parameter error.').waitFor();
    await makeSession(tab, ECHO_APP, 'dinner');
    await tab.page.locator('.headline-state.is-connected').waitFor();
    expect(tab.problems).toEqual([]);
  });

  it('goes on with its session after a reload', async (context) => {
    const stage = await createStage();
    const tab = await openTab(context, stage.address);
    await logIn(tab, await stage.createToken());
    await makeSession(tab, ECHO_APP, 'dinner');
    await tab.page.locator('.headline-state.is-connected').waitFor();
    await tab.page.reload();
    await tab.page.locator('.headline-state.is-connected').waitFor();
    await tab.page.getByLabel('Text to send').fill('still there?');
    await tab.page.getByRole('button', { name: 'Send' }).click();
    await tab.page.locator('.line-item:not(.is-own)', { hasText: 'still there?' }).waitFor();
    expect(stage.kitchen.listSessions().map(({ state }) => state)).toEqual(['connected']);
    expect(tab.problems).toEqual([]);
  });

  it('shows the sessions of other apps, and drives none of them', async (context) => {
    const stage = await createStage();
    const app = stage.kitchen.registerApp({ ...appNamed('Other'), permissions: REQUIRED_PERMISSIONS });
    const manager = app.abilityConnectionManager;
    const sessionId = manager.createAbilityConnectionSession(
      'theirs',
      app.context,
      { deviceId: 'phone', ...ECHO_APP },
      {},
    );
    const tab = await openTab(context, stage.address);
    await logIn(tab, await stage.createToken());
    await tab.page.getByRole('option', { name: /theirs/ }).click();
    await tab.page.getByText('can drive this session').waitFor();
    expect(await tab.page.getByRole('button', { name: 'Connect', exact: true }).isEnabled()).toBe(false);
    await manager.connect(sessionId);
    await tab.page.locator('.headline-state.is-connected').waitFor();
    manager.destroyAbilityConnectionSession(sessionId);
    await tab.page.locator('.headline-state.is-destroyed').waitFor();
    expect(tab.problems).toEqual([]);
  });

  it('tells who has no valid token, and keeps the token out of the address', async (context) => {
    const stage = await createStage();
    const tab = await openTab(context, stage.address);
    await logIn(tab, 'n0tARealT0ken');
    await tab.page.getByRole('alert').getByText('The token is not valid').waitFor();
    const token = await stage.createToken(['read']);
    await logIn(tab, token);
    await tab.page.getByText('may look but not drive').waitFor();
    expect(tab.page.url()).not.toContain(token);
    expect(await accessibilityFaults(tab)).toEqual([]);
    expect(tab.problems).toEqual([]);
  });
});
