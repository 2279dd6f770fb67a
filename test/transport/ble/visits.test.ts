import { expect, it } from 'vitest';
import { createOther } from '../../support/hand-radio.js';
import { upTo } from '../../support/links.js';
import { turns } from '../../support/time.js';
import { createBleFixture } from './ble-fixture.js';

it('visits that fail are told once a minute, under however many addresses a recorded hint is shown', async () => {
  const { hear, visits, lines, clock } = createBleFixture();
  const { hint } = createOther('phone').heard();
  for (const number of upTo(50)) {
    hear({ address: `address ${number}`, rssi: -60, hint });
    visits[number]?.fail();
    await turns();
  }
  expect(visits.length).toBe(50);
  expect(lines).toEqual([expect.stringContaining('cannot read the card of address 0')]);
  clock.increment(60_000);
  hear({ address: 'address 50', rssi: -60, hint });
  visits[50]?.fail();
  await turns();
  expect(lines.length).toBe(2);
});
