import { spawn } from 'node:child_process';
import { filter, firstValueFrom, lastValueFrom, map, ReplaySubject, Subject, skip } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { HINT_BYTES } from '../../../src/transport/ble/gatt.js';
import { createRadioProcess } from '../../../src/transport/ble/process/radio-process.js';
import type { BleRadio, Heard } from '../../../src/transport/ble/radio.js';
import type { RadioOptions } from '../../../src/transport/ble/radio-options.js';
import { nextValues, patternBytes, writeAll } from '../../../src/transport/contract/stage.js';
import type { Link } from '../../../src/transport/transport.js';
import { upTo } from '../../support/links.js';
import { createServedAir, type ServedAir } from '../air/served.js';
import { never, untilState } from './radio-processes.js';

const wholeEntry = new URL('./whole-radio-child.mjs', import.meta.url);
const hint = patternBytes(HINT_BYTES, 1);
const card = patternBytes(300, 2);
/** Packets on their way at most: a process that stalls loses more than 168. Source: ble.md 6.3. */
const WINDOW = 128;

describe('noble and bleno in processes of their own', { timeout: 120_000 }, () => {
  it('hear and visit each other', async () => {
    const { hub, lamp } = await createHubAndLamp();
    const left = firstValueFrom(lamp.radio.cards$);
    const heard = await hear(hub);
    expect(Buffer.from(heard.hint)).toEqual(Buffer.from(hint));
    const mine = patternBytes(200, 3);
    expect(Buffer.from(await hub.radio.visit(heard.address, mine, { signal: never }))).toEqual(Buffer.from(card));
    expect(Buffer.from(await left)).toEqual(Buffer.from(mine));
  });

  it('carry 20,000 packets each way, complete and in order, while the radio holds the writers back', async () => {
    const { hub, lamp } = await createHubAndLamp();
    const [dialled, accepted] = await connect(hub, lamp);
    const streams = await Promise.all([stream(dialled, accepted, 20_000), stream(accepted, dialled, 20_000)]);
    for (const { arrived, refusals } of streams) {
      expect(arrived).toEqual(upTo(20_000));
      expect(refusals).toBeGreaterThan(0);
    }
  });

  it('end a link on both sides', async () => {
    const { hub, lamp } = await createHubAndLamp();
    const [dialled, accepted] = await connect(hub, lamp);
    await writeAll(accepted, [Uint8Array.of(1), Uint8Array.of(2)]);
    const arrived = lastValueFrom(dialled.packets$.pipe(map(([number]) => number)));
    accepted.close();
    expect(await lastValueFrom(dialled.ended$)).toBe('closed-there');
    expect(await arrived).toBe(2);
    await connect(hub, lamp);
  });

  it('tell when the adapter is off and when it is back', async () => {
    const { air, hub, lamp } = await createHubAndLamp();
    const [dialled, accepted] = await connect(hub, lamp);
    air.find('lamp')?.setPower(false);
    await untilState(lamp.radio, 'poweredOff');
    expect(await lastValueFrom(accepted.ended$)).toBe('radio-off');
    await lastValueFrom(dialled.ended$);
    air.find('lamp')?.setPower(true);
    await untilState(lamp.radio, 'poweredOn');
    await echo(await connect(hub, lamp));
  });

  it.each(['hub', 'lamp'] as const)('come back when the process of the %s is killed in the middle', async (name) => {
    const sides = await createHubAndLamp();
    const { hub, lamp } = sides;
    const links = await connect(hub, lamp);
    const own = name === 'hub' ? links[0] : links[1];
    const states = statesFrom(sides[name].radio);
    void stream(links[0], links[1], 1_000_000).catch(() => {});
    await nextValues(links[1].packets$, 1_000);
    process.kill(await sides[name].processId(), 'SIGKILL');
    expect(await lastValueFrom(own.ended$)).toBe('lost');
    await Promise.all(links.map((link) => lastValueFrom(link.ended$)));
    await states.reach('resetting');
    await states.reach('poweredOn');
    await echo(await connect(hub, lamp));
    expect(states.all).toEqual(['poweredOn', 'resetting', 'poweredOn']);
  });

  it('end with the broker, even when that is killed', async () => {
    const served = await createServedAir();
    const broker = startBroker(served.path);
    await served.when('joined');
    broker.kill('SIGKILL');
    await served.when('left');
  });

  it('leave the air when they are closed', async () => {
    const { served, hub, lamp } = await createHubAndLamp();
    const [dialled, accepted] = await connect(hub, lamp);
    const bothLeft = nextValues(served.server.events$.pipe(filter(({ type }) => type === 'left')), 2);
    await Promise.all([hub.radio.close(), lamp.radio.close()]);
    await bothLeft;
    expect(await lastValueFrom(dialled.ended$)).toBe('closed-here');
    expect(await lastValueFrom(accepted.ended$)).toBe('closed-here');
  });
});

interface Side {
  readonly radio: BleRadio;
  /** Of the process that runs now. */
  processId(): Promise<number>;
}

/** A central and a peripheral that advertises; in raw mode, for only then do the stacks look whether their adapter is on. */
async function createHubAndLamp() {
  const served = await createServedAir();
  const hub = createSide({ central: choose(served, 'hub'), channel: 'raw' });
  const lamp = createSide({ peripheral: choose(served, 'lamp'), channel: 'raw' });
  lamp.radio.advertise({ hint, card });
  await Promise.all([untilState(hub.radio, 'poweredOn'), untilState(lamp.radio, 'poweredOn')]);
  return { air: served.air, served, hub, lamp };
}

function choose({ path }: ServedAir, name: string): NonNullable<RadioOptions['central']> {
  return { type: 'h4', path, name };
}

function createSide(options: RadioOptions): Side {
  const lines = new ReplaySubject<string>();
  let processId = 0;
  lines.subscribe((line) => {
    const found = /^process (\d+)$/.exec(line)?.[1];
    if (found !== undefined) processId = Number(found);
  });
  const radio = createRadioProcess(options, { log: (line) => lines.next(line), entry: wholeEntry });
  onTestFinished(() => radio.close());
  return {
    radio,
    async processId() {
      await firstValueFrom(lines.pipe(filter(() => processId > 0)));
      return processId;
    },
  };
}

function hear({ radio }: Side): Promise<Heard> {
  return firstValueFrom(radio.heard$);
}

/** The link from both sides, the dialling one first. */
async function connect(hub: Side, lamp: Side): Promise<[Link, Link]> {
  const incoming = firstValueFrom(lamp.radio.incoming$);
  const { address } = await hear(hub);
  return Promise.all([hub.radio.connect(address, { signal: never }), incoming]);
}

async function echo([dialled, accepted]: readonly [Link, Link]): Promise<void> {
  const there = firstValueFrom(accepted.packets$);
  dialled.write(Uint8Array.of(7));
  expect((await there)[0]).toBe(7);
  const back = firstValueFrom(dialled.packets$);
  accepted.write(Uint8Array.of(8));
  expect((await back)[0]).toBe(8);
}

/** Numbered packets from one end to the other, a window ahead of what arrived. */
async function stream(from: Link, to: Link, count: number) {
  const arrived: number[] = [];
  const progress = new Subject<void>();
  let refusals = 0;
  const subscription = to.packets$.subscribe((packet) => {
    arrived.push(new DataView(packet.buffer, packet.byteOffset).getUint32(0));
    progress.next();
  });
  for (let number = 0; number < count; number += 1) {
    while (number - arrived.length >= WINDOW) await firstValueFrom(progress);
    const packet = new Uint8Array(from.packetBytes);
    new DataView(packet.buffer).setUint32(0, number);
    while (!from.write(packet)) {
      refusals += 1;
      await firstValueFrom(from.writable$);
    }
  }
  while (arrived.length < count) await firstValueFrom(progress);
  subscription.unsubscribe();
  return { arrived, refusals };
}

/** The states from the present one on. */
function statesFrom(radio: BleRadio) {
  const states = new ReplaySubject<string>();
  const all: string[] = [];
  radio.state$.subscribe(states);
  states.subscribe((state) => all.push(state));
  return {
    all,
    reach: (wanted: string) =>
      firstValueFrom(
        states.pipe(
          skip(1),
          filter((state) => state === wanted),
        ),
      ),
  };
}

/** Another process whose radio process is the program's own. */
function startBroker(path: string) {
  const program = `
    import { createRadioProcess } from ${JSON.stringify(new URL('../../../dist/transport/ble/process/radio-process.js', import.meta.url).href)};
    createRadioProcess({ central: ${JSON.stringify({ type: 'h4', path, name: 'hub' })} }, { log: () => {} });`;
  const broker = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: 'ignore' });
  onTestFinished(() => void broker.kill('SIGKILL'));
  return broker;
}
