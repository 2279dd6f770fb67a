import { describe, expect, it } from 'vitest';
import { MAX_REASON_BYTES } from '../../src/protocol/limits.js';
import { createSession, createStage, registerApp, registerAskedApp } from '../conformance/fixture.js';
import { advanceUntil } from '../conformance/time.js';

describe('far side', () => {
  it('tells the peer as much of a failure as fits, and goes on', async () => {
    const stage = await createStage();
    const words = '🙂'.repeat(MAX_REASON_BYTES);
    registerAskedApp(stage.phone, {}, () => {
      throw new Error(words);
    });
    const app = registerApp(stage.kitchen);
    const sessionId = createSession(app, stage.phone);

    const result = await advanceUntil(stage.clock, app.abilityConnectionManager.connect(sessionId));

    expect(result).toMatchObject({ isConnected: false, errorCode: 5 });
    expect(result.reason).toMatch(/🙂$/u);
    expect(Buffer.byteLength(result.reason ?? '')).toBeLessThanOrEqual(MAX_REASON_BYTES);
  });

  it('refuses an app whose long name is not registered, in words that fit', async () => {
    const stage = await createStage();
    const app = registerApp(stage.kitchen);
    const long = 'n'.repeat(1_000);
    const peer = { bundleName: long, moduleName: long, abilityName: long };
    const sessionId = createSession(app, stage.phone, { peer });

    const result = await advanceUntil(stage.clock, app.abilityConnectionManager.connect(sessionId));

    expect(result).toMatchObject({ isConnected: false, errorCode: 4 });
  });
});
