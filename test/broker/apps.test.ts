import { describe, expect, it } from 'vitest';
import { createApps } from '../../src/broker/apps.js';

const NAME = { bundleName: 'com.example.late', moduleName: 'entry', abilityName: 'LateAbility' };
const REGISTRATION = { ...NAME, permissions: [] };

describe('apps', () => {
  it('tell who waits for an app when it registers', async () => {
    const apps = createApps();
    const waiting = apps.whenRegistered(NAME, new AbortController().signal);

    const app = apps.add(REGISTRATION);

    expect(await waiting).toBe(app);
  });

  it('reject who waits when the signal aborts', async () => {
    const controller = new AbortController();
    const waiting = createApps().whenRegistered(NAME, controller.signal);

    controller.abort(new Error('too late'));

    await expect(waiting).rejects.toThrow('too late');
  });

  it('tell who waits for the next start of an app, though the first who waited is done with', async () => {
    const apps = createApps();
    const first = new AbortController();
    const early = apps.whenRegistered(NAME, first.signal);
    apps.remove(apps.add(REGISTRATION));
    await early;
    const waiting = apps.whenRegistered(NAME, new AbortController().signal);

    first.abort(new Error('answered'));
    const app = apps.add(REGISTRATION);

    expect(await waiting).toBe(app);
  });
});
