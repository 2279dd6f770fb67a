import { describe, expect, it } from 'vitest';
import { GONE_AFTER_MS } from '../../../src/protocol/limits.js';
import type { LinkEnd } from '../../../src/transport/transport.js';
import { createHandLink, createOther, type OtherDevice } from '../../support/hand-radio.js';
import { turns } from '../../support/time.js';
import { createBleFixture } from './ble-fixture.js';

const phone = createOther('phone');
const other: OtherDevice = {
  ...createOther('phone'),
  heard: (changes) => phone.heard({ ...changes, address: 'address of the other' }),
};

/** Both were met; the other one was heard last, dialled, and refused for its key. */
async function refused(reason: LinkEnd = 'key-changed') {
  const fixture = createBleFixture();
  await fixture.meet(phone);
  await fixture.meet(other);
  const end = await dial(fixture);
  end(reason);
  return fixture;
}

/** Dials; the link is there. Gives what ends it. */
async function dial({ transport, connects }: ReturnType<typeof createBleFixture>) {
  void transport.dial('phone', { signal: new AbortController().signal });
  await turns();
  const { link, end } = createHandLink();
  connects.at(-1)?.succeed(link);
  await turns();
  return end;
}

const addresses = ({ connects }: ReturnType<typeof createBleFixture>): string[] =>
  connects.map(({ address }) => address);

describe('two devices with the same id', () => {
  it('are dialled at the address that was heard last', async () => {
    const fixture = createBleFixture();
    await fixture.meet(other);
    await fixture.meet(phone);
    await dial(fixture);
    expect(addresses(fixture)).toEqual(['address of phone']);
  });

  it('are told apart by a refused key: the other address is dialled next, whoever was heard last', async () => {
    const fixture = await refused();
    await dial(fixture);
    expect(addresses(fixture)).toEqual(['address of the other', 'address of phone']);
    const again = await refused();
    again.hear(other.heard());
    await dial(again);
    expect(addresses(again)).toEqual(['address of the other', 'address of phone']);
  });

  it.each(['wrong-account', 'handshake-timeout', 'record-not-authentic'] as const)(
    'are told apart by a handshake that failed, as of one who shows recorded hints and cards: %s',
    async (reason) => {
      const fixture = await refused(reason);
      fixture.hear(other.heard());
      await dial(fixture);
      expect(addresses(fixture)).toEqual(['address of the other', 'address of phone']);
    },
  );

  it('are not told apart by a link that was merely lost', async () => {
    const fixture = await refused('lost');
    fixture.hear(other.heard());
    await dial(fixture);
    expect(addresses(fixture)).toEqual(['address of the other', 'address of the other']);
  });

  it('still are one device: the refused one is dialled while it is alone', async () => {
    const fixture = await refused();
    fixture.clock.increment(GONE_AFTER_MS);
    fixture.hear(other.heard());
    await dial(fixture);
    expect(addresses(fixture)).toEqual(['address of the other', 'address of the other']);
    fixture.hear(phone.heard());
    await dial(fixture);
    expect(addresses(fixture).at(-1)).toBe('address of phone');
  });
});
