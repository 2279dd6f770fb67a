import { EMPTY, map, Subject, skip } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { transportContract } from '../../src/transport/contract/contract.js';
import type { TransportHarness } from '../../src/transport/contract/stage.js';
import { createMemoryAir } from '../../src/transport/memory.js';
import type { Link, Transport } from '../../src/transport/transport.js';

/** The memory transport with one thing broken. */
interface Mutant {
  readonly transport?: (sound: Transport) => Partial<Transport>;
  readonly link?: (sound: Link) => Partial<Link>;
}

const MUTANTS: Readonly<Record<string, Mutant>> = {
  'the radio forgets to say that it is off': {
    transport: ({ radio$ }) => ({ radio$: radio$.pipe(map(() => 'poweredOn' as const)) }),
  },
  'a sighting has another name': {
    transport: ({ sightings$ }) => ({
      sightings$: sightings$.pipe(map((all) => all.map((one) => ({ ...one, deviceName: 'somebody' })))),
    }),
  },
  'dial rejects with an error of its own': {
    transport: ({ dial }) => ({
      dial: (...args) => dial(...args).catch((error: Error) => Promise.reject(new Error(error.message))),
    }),
  },
  'dial does not heed its signal': {
    transport: ({ dial }) => ({ dial: (deviceId) => dial(deviceId, { signal: new AbortController().signal }) }),
  },
  'close may be called once': { transport: ({ close }) => ({ close: once(close) }) },
  'both ends say that they dialled': { link: () => ({ isDialler: true }) },
  'packets are too small': { link: () => ({ packetBytes: 19 }) },
  'a packet loses its last byte': {
    link: ({ packets$ }) => ({ packets$: packets$.pipe(map((packet) => packet.slice(0, -1))) }),
  },
  'a packet is a view of another one': {
    link: ({ packets$ }) => ({ packets$: packets$.pipe(map((packet) => packet.fill(0))) }),
  },
  'a packet that is too long is taken': {
    link: ({ write, packetBytes }) => ({ write: (packet) => packet.length > packetBytes || write(packet) }),
  },
  'write takes whatever comes': { link: ({ write }) => ({ write: (packet) => write(packet) || true }) },
  'write takes nothing': { link: () => ({ write: () => false, writable$: EMPTY }) },
  'what ended is told as lost': { link: ({ ended$ }) => ({ ended$: ended$.pipe(map(() => 'lost' as const)) }) },
  'the end is not told to those who come late': {
    link: ({ ended$ }) => {
      const told = new Subject<'closed-here'>();
      ended$.subscribe(told as never); // only what comes next
      return { ended$: told };
    },
  },
  'the first packet is lost': { link: ({ packets$ }) => ({ packets$: packets$.pipe(skip(1)) }) },
};

describe('the transport contract', () => {
  it('is kept by the memory transport', async () => {
    expect(await brokenBy({})).toEqual([]);
  });

  it.each(Object.entries(MUTANTS))('sees when %s', async (_, mutant) => {
    expect((await brokenBy(mutant)).length).toBeGreaterThan(0);
  });
});

/** Names of the checks that do not pass. */
async function brokenBy(mutant: Mutant): Promise<string[]> {
  const checks = transportContract(() => createHarness(mutant));
  const outcomes = await Promise.all(checks.map(({ run }) => settledInTime(run())));
  return checks.flatMap(({ name }, index) => (outcomes[index] ? [] : [name]));
}

/** A check that waits for what never comes has failed once nothing moves any more. */
async function settledInTime(run: Promise<void>): Promise<boolean> {
  const settled = run.then(
    () => true,
    () => false,
  );
  return Promise.race([settled, stillness()]);
}

/** The memory air is at rest after so many turns of the event loop: nothing there takes time. */
async function stillness(): Promise<false> {
  for (let turn = 0; turn < TURNS_TO_REST; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  return false;
}
const TURNS_TO_REST = 20_000;

function createHarness({
  transport: breakTransport = () => ({}),
  link: breakLink = () => ({}),
}: Mutant): TransportHarness {
  const air = createMemoryAir();
  const broken = (link: Link): Link => change(link, breakLink(link));
  return {
    createTransport(deviceId) {
      const sound = air.transport(deviceId);
      const carrying = change(sound, {
        incoming$: sound.incoming$.pipe(map(broken)),
        dial: async (...args) => broken(await sound.dial(...args)),
      });
      return change(carrying, breakTransport(carrying));
    },
    setRadio: (deviceId, state) => air.setRadio(deviceId, state),
    close: () => {},
  };
}

/** Properties may be getters, and methods may need their object. */
function change<T extends object>(sound: T, changes: Partial<T>): T {
  return new Proxy(sound, { get: (target, key) => Reflect.get(Reflect.has(changes, key) ? changes : target, key) });
}

function once(close: () => Promise<void>): () => Promise<void> {
  let isClosed = false;
  return () => {
    if (isClosed) return Promise.reject(new Error('closed already'));
    isClosed = true;
    return close();
  };
}
