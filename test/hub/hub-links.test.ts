import { describe, expect, it, onTestFinished } from 'vitest';
import { SimulatedClock } from 'xstate';
import { createBroker } from '../../src/broker/broker.js';
import type { NearbyDevice } from '../../src/broker/interface.js';
import { registerHubApp } from '../../src/hub/hub-app.js';
import { createHubLink, type HubLink } from '../../src/hub/hub-link.js';
import { openHubLinks } from '../../src/hub/hub-links.js';
import { type HubMemory, NOTHING_KNOWN } from '../../src/hub/hub-memory.js';
import { HUB_APP } from '../../src/hub/settings.js';
import { MAX_HUB_LINKS } from '../../src/protocol/hub-limits.js';
import { createAccount } from '../../src/transport/account.js';
import { createMemoryAir } from '../../src/transport/memory.js';
import { ECHO } from './hub-stage.js';

async function createLinks(known: Partial<HubMemory> = {}) {
  const clock = new SimulatedClock();
  const transport = createMemoryAir({ clock }).transport('kitchen');
  const broker = await createBroker({ deviceId: 'kitchen', account: createAccount(), transport, clock });
  onTestFinished(() => broker.close());
  const app = registerHubApp(broker, HUB_APP, () => undefined);
  const removed: string[] = [];
  let full = 0;
  let saved: Pick<HubMemory, 'links' | 'forgotten'> = NOTHING_KNOWN;
  const events = { onChange() {}, onEvent() {}, onData() {} };
  const links = openHubLinks(
    { ...NOTHING_KNOWN, ...known },
    {
      services: [ECHO],
      create: (start) => createHubLink({ ...start, ...events, app, timers: clock, epoch: 'e' }),
      save(memory) {
        saved = memory;
      },
      onAdded() {},
      onRemoved: ({ deviceId }: HubLink) => void removed.push(deviceId),
      onFull() {
        full += 1;
      },
    },
  );
  return { links, removed, saved: () => saved, timesFull: () => full };
}

function near(deviceId: string): NearbyDevice {
  return { deviceId, deviceName: deviceId, isOurs: true, isLinked: false };
}

const MANY = Array.from({ length: MAX_HUB_LINKS }, (_, at) => near(`device${at}`));

describe('hub links', () => {
  it('are not made for more devices than may be shown, while all are there', async () => {
    const { links, timesFull } = await createLinks();
    links.see([...MANY, near('one more')]);
    links.see([...MANY, near('one more')]);
    expect(links.list()).toHaveLength(MAX_HUB_LINKS);
    expect(timesFull()).toBe(1);
  });

  it('make room for a new device when one is away', async () => {
    const { links, removed, saved } = await createLinks();
    links.see(MANY);
    links.see([...MANY.slice(1), near('another')]);
    expect(removed).toEqual(['device0']);
    expect(saved().links.map(({ deviceId }) => deviceId)).toContain('another');
  });

  it('are made for devices of the account only', async () => {
    const { links } = await createLinks();
    links.see([{ ...near('stranger'), isOurs: false }]);
    expect(links.list()).toEqual([]);
  });
});
