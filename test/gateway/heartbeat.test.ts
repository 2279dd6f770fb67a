import { describe, expect, it } from 'vitest';
import { PING_INTERVAL_MS } from '../../src/protocol/limits.js';
import { connectedPair, createStage, createToken, openClient, type Stage } from './fixture.js';
import { openRaw } from './raw-client.js';

describe('the heartbeat', () => {
  it('closes a connection that does not answer, and leaves its app the grace period', async () => {
    const stage = await createStage();
    const { kitchen } = await connectedPair(stage);
    const token = await createToken(stage.phone, { name: 'mute' });
    const mute = await openRaw(stage.phone.gateway.url, { autoPong: false });
    await mute.call('authenticate', { token });
    const closing = stage.phone.log.lines('closing a client').next();
    await beat(stage, 2 * PING_INTERVAL_MS);
    expect(await closing).toMatchObject({ client: 'mute', why: 'silent' });
    expect((await mute.closed).code).toBe(4008);
    expect(await kitchen.client.call('ping')).toBeNull();
  });

  it('keeps who answers, and who talks', async () => {
    const stage = await createStage();
    const answering = await openClient(stage.kitchen);
    const talking = await openRaw(stage.kitchen.gateway.url, { autoPong: false });
    await talking.call('authenticate', { token: await createToken(stage.kitchen) });
    for (let seconds = 0; seconds < 150; seconds += 10) {
      await beat(stage, 10_000);
      await talking.call('ping');
    }
    expect(await answering.call('ping')).toBeNull();
    expect(stage.kitchen.log.lines('closing a client').all).toEqual([]);
  });
});

/** Time passes in steps that the heartbeat notices, with a turn for the sockets in between. */
async function beat({ clock, kitchen, phone }: Stage, durationMs: number): Promise<void> {
  const probes = await Promise.all([openClient(kitchen), openClient(phone)]);
  for (let passedMs = 0; passedMs < durationMs; passedMs += 1_000) {
    clock.increment(1_000);
    for (const probe of probes) await probe.call('ping');
  }
  for (const probe of probes) await probe.drop();
}
