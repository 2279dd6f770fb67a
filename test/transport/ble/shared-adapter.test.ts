import { firstValueFrom } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { ADVERTISING_DATA, scanResponseData } from '../../../src/transport/ble/peripheral/advertisement-data.js';
import { hex, patternBytes, writeAll } from '../../../src/transport/contract/stage.js';
import type { Link } from '../../../src/transport/transport.js';
import { upTo } from '../../support/links.js';
import { createRogueCentral } from '../../support/rogue-central.js';
import { hint, reach } from './peripheral-fixture.js';
import { begin, createRadios, hear, link } from './radio-fixture.js';

describe('one adapter for both roles', () => {
  test('says that two are better, and takes the raw channel', async () => {
    const { lines } = await createThree();
    expect(lines).toEqual([
      'one adapter has both roles, over the raw HCI channel: two adapters are better, see docs/radio.md',
    ]);
  });

  test.each(['inbound', 'outbound'] as const)(
    'carries both links, the %s one first, and loses neither to the end of the other',
    async (first) => {
      const { openInbound, openOutbound, phone, hubAdapter } = await createThree();
      const open = { inbound: openInbound, outbound: openOutbound };
      const second = first === 'inbound' ? 'outbound' : 'inbound';
      const links = { [first]: await open[first](), [second]: await open[second]() } as Record<
        'inbound' | 'outbound',
        [Link, Link]
      >; // both names are there
      await expectEcho(links.inbound);
      await expectEcho(links.outbound);

      links.outbound[0].close();
      await firstValueFrom(links.outbound[1].ended$);
      await expectEcho(links.inbound);

      links.inbound[0].close();
      expect(await firstValueFrom(links.inbound[1].ended$)).toBe('closed-there');
      expect(await hear(phone, hubAdapter)).toBeDefined();
      await expectEcho(await openOutbound());
      await expectEcho(await openInbound());
    },
  );

  test('does not overrun the controller when both links are full', async () => {
    const { openInbound, openOutbound, hubAdapter } = await createThree();
    const [[, inbound], [outbound]] = [await openInbound(), await openOutbound()];
    const packets = upTo(2_000).map((number) => patternBytes(244, number));
    await Promise.all([inbound, outbound].map((end) => writeAll(end, packets)));
    expect(hubAdapter.counts).toMatchObject({ overflows: 0, staleData: 0 });
  });

  test('a connection that could not be opened leaves the open one alone', async () => {
    const { openInbound, hub, hubAdapter, lampAdapter, air } = await createThree();
    const { address } = await hear(hub, lampAdapter);
    const inbound = await openInbound();
    air.partition(hubAdapter, lampAdapter);
    const controller = new AbortController();
    const refused = hub.connect(address, { signal: controller.signal }).catch(({ failure }) => failure);
    await expectEcho(inbound);
    controller.abort();
    expect(await refused).toBe('aborted');
    await expectEcho(inbound);
    inbound[0].close();
    expect(await firstValueFrom(inbound[1].ended$)).toBe('closed-there');
  });

  test('what a peripheral sends to noble does not reach bleno, and its central stays', async () => {
    const { openInbound, hub, air } = await createThree();
    const inbound = await openInbound();
    const adapter = air.createAdapter({ name: 'stranger' });
    const accepted = createRogueCentral(adapter).accept(ADVERTISING_DATA, scanResponseData(hint));
    const { address } = await hear(hub, adapter);
    const refused = hub.connect(address, { signal: new AbortController().signal }).catch(({ failure }) => failure);
    const stranger = await accepted;
    stranger.fragment(true, Uint8Array.of(1, 0));
    await stranger.ended;
    expect(await refused).toBeTypeOf('string');
    await expectEcho(inbound);
  });

  test('what a central sends to bleno does not reach noble, and its peripheral stays', async () => {
    const { openOutbound, hubAdapter, air } = await createThree();
    const outbound = await openOutbound();
    const stranger = await createRogueCentral(air.createAdapter({ name: 'stranger' })).connect(hubAdapter);
    stranger.fragment(true, Uint8Array.of(1, 0));
    expect(await stranger.ended).toBe(0x13);
    await expectEcho(outbound);
  });
});

/** A hub with one adapter for both roles, a phone that connects to it, and a lamp that it connects to. */
async function createThree() {
  const { air, create } = createRadios();
  const [hubAdapter, phoneAdapter, lampAdapter] = [
    air.createAdapter({ name: 'hub', aclPackets: 8 }),
    air.createAdapter({ name: 'phone' }),
    air.createAdapter({ name: 'lamp' }),
  ];
  const { radio: hub, lines } = create({ central: hubAdapter, peripheral: hubAdapter }, { channel: 'user' });
  const phone = create({ central: phoneAdapter }).radio;
  const lamp = create({ peripheral: lampAdapter }).radio;
  await Promise.all([begin(hub), begin(lamp), reach(phone.state$, 'poweredOn')]);
  return {
    air,
    hub,
    phone,
    hubAdapter,
    lampAdapter,
    lines,
    openInbound: () => link(phone, hub, hubAdapter),
    openOutbound: () => link(hub, lamp, lampAdapter),
  };
}

async function expectEcho([one, other]: readonly [Link, Link]): Promise<void> {
  for (const [from, to] of [[one, other] as const, [other, one] as const]) {
    const arrived = firstValueFrom(to.packets$);
    from.write(patternBytes(100));
    expect(hex(await arrived)).toBe(hex(patternBytes(100)));
  }
}
