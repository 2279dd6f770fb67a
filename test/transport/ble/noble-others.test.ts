import { expect, test } from 'vitest';
import { createRogueCentral } from '../../support/rogue-central.js';
import { turns } from '../../support/time.js';
import { addLamp, link, startCentral } from './central-fixture.js';

test('noble central › leaves the connections of other programs on its adapter alone', async () => {
  const fixture = await startCentral();
  const [mouse, lamp] = [addLamp(fixture.air, 'mouse'), addLamp(fixture.air)];
  const connection = await createRogueCentral(fixture.hub).connect(mouse.adapter);
  await turns(100);
  const [here] = await link(fixture, lamp);
  expect(here.write(Uint8Array.of(1))).toBe(true);
  expect(mouse.adapter.counts.links).toBe(1);
  await fixture.central.close();
  expect([mouse.adapter.counts.links, lamp.adapter.counts.links]).toEqual([1, 0]);
  connection.disconnect();
});
