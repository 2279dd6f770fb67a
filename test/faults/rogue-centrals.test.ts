import { filter, firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { LINK_OPEN_TIMEOUT_MS, MAX_STRAY_PACKETS, SUBSCRIBE_TIMEOUT_MS } from '../../src/protocol/limits.js';
import { encodeSegment } from '../../src/protocol/segment.js';
import { HciError, Opcode, PacketType } from '../../src/transport/air/hci-codes.js';
import { DisconnectCode } from '../../src/transport/ble/disconnecting.js';
import { patternBytes } from '../../src/transport/contract/stage.js';
import { connectedPair } from '../conformance/fixture.js';
import { Att, Attribute, createRogueCentral, type RogueConnection } from '../support/rogue-central.js';
import { att } from '../support/rogue-peripheral.js';
import { type AirStage, createVirtualStage, pass, passPackets, sessionStates } from './stage.js';
import { expectAllOnce, expectNoDisconnect, settle, startTraffic } from './traffic.js';

/** Between a refusal at once and the shortest wait for somebody who does nothing. */
const SOON_MS = 4_000;

async function transferring() {
  const stage = await createVirtualStage();
  const pair = await pass(stage, connectedPair(stage));
  const states = sessionStates(stage);
  const traffic = startTraffic(pair);
  await passPackets(stage, 300);
  return { stage, pair, states, traffic };
}

function addRogue({ air }: AirStage) {
  return createRogueCentral(air.createAdapter({ name: 'rogue' }));
}

const garbage = (connection: RogueConnection): void =>
  connection.att(Att.writeCommand, Attribute.toPeripheral, 0, patternBytes(200, 5));

const subscribed = async (connection: RogueConnection): Promise<void> => {
  await connection.request(Att.mtuRequest, 0, 1);
  await connection.subscribe();
};

type Misdeed = (connection: RogueConnection) => Promise<void> | void;

const AT_ONCE: readonly (readonly [what: string, misdeed: Misdeed])[] = [
  [
    'writes garbage without a subscription',
    (connection) => {
      for (let packet = 0; packet <= MAX_STRAY_PACKETS; packet += 1) garbage(connection);
    },
  ],
  [
    'writes garbage before the handshake',
    async (connection) => {
      await subscribed(connection);
      garbage(connection);
    },
  ],
  [
    'breaks the segment rules',
    async (connection) => {
      await subscribed(connection);
      // Acknowledges what was never sent.
      const segment = { isFirst: true, isLast: true, sequence: 0, acknowledgement: 7, payload: patternBytes(48) };
      connection.att(Att.writeCommand, Attribute.toPeripheral, 0, encodeSegment(segment));
    },
  ],
  [
    'takes back the MTU it had agreed to',
    async (connection) => {
      await subscribed(connection);
      connection.att(Att.mtuRequest, 23, 0);
    },
  ],
  [
    'sends more than any MTU holds',
    async (connection) => {
      await subscribed(connection);
      connection.att(Att.writeCommand, Attribute.toPeripheral, 0, patternBytes(400));
    },
  ],
];

const AFTER_A_WAIT: readonly (readonly [what: string, limitMs: number, misdeed: Misdeed])[] = [
  ['opens and does nothing', SUBSCRIBE_TIMEOUT_MS, () => {}],
  ['subscribes and never begins the handshake', LINK_OPEN_TIMEOUT_MS, subscribed],
  [
    'subscribes twice and never begins the handshake',
    LINK_OPEN_TIMEOUT_MS,
    async (connection) => {
      await subscribed(connection);
      await connection.subscribe();
    },
  ],
];

/** The stranger takes the phone's only place while its hub is out of range. Gives how long it kept it, in milliseconds. */
async function takePlace(misdeed: Misdeed) {
  const scene = await transferring();
  const { stage } = scene;
  const { time } = stage;
  stage.air.partition(stage.kitchen.adapter, stage.phone.adapter);
  const connection = await pass(stage, addRogue(stage).connect(stage.phone.adapter));
  stage.air.heal(stage.kitchen.adapter, stage.phone.adapter);
  await pass(stage, Promise.resolve(misdeed(connection)));
  const fromMs = time.clock.now();
  expect(await pass(stage, connection.ended)).toBe(HciError.remoteUserEnded);
  return { ...scene, keptMs: time.clock.now() - fromMs };
}

describe("a stranger's central in the place of the hub", () => {
  it.each(AT_ONCE)('that %s is sent away at once, and the session goes on', async (_, misdeed) => {
    const scene = await takePlace(misdeed);
    expect(scene.keptMs).toBeLessThan(SOON_MS);
    await expectResumed(scene);
  });

  it.each(AFTER_A_WAIT)('that %s is sent away after %i ms, and the session goes on', async (_, limitMs, misdeed) => {
    const scene = await takePlace(misdeed);
    expect(scene.keptMs).toBeGreaterThan(limitMs - SOON_MS);
    await expectResumed(scene);
  });
});

async function expectResumed({
  stage,
  pair,
  states,
  traffic,
}: Awaited<ReturnType<typeof transferring>>): Promise<void> {
  await pass(stage, settle(traffic));
  expectAllOnce(traffic);
  expectNoDisconnect(pair);
  expect(states.phone).toEqual(['suspended', 'connected']);
}

describe('a second central that barges in during a transfer', () => {
  it('is turned away, and the session does not notice', async () => {
    const { stage, states, traffic } = await transferring();
    // Another program at the phone's adapter opens the door.
    createRogueCentral(stage.phone.adapter).command(Opcode.leSetAdvertisingEnable, Uint8Array.of(1));
    const connection = await pass(stage, addRogue(stage).connect(stage.phone.adapter));
    connection.att(Att.writeRequest, Attribute.subscription, 0, 1, 0);
    garbage(connection);
    expect(await pass(stage, connection.ended)).toBe(DisconnectCode.remoteLowResources);
    expect(stage.phone.lines).toContain('a second central connected while one is served: it is turned away');
    await pass(stage, settle(traffic));
    expectAllOnce(traffic);
    expect(states).toEqual({ kitchen: [], phone: [] });
  });
});

describe('a hub that subscribes again during a transfer', () => {
  it('gets nothing twice', async () => {
    const { stage, states, traffic } = await transferring();
    const answered = subscribeAgain(stage);
    expect(await pass(stage, answered)).toBe(Att.writeResponse);
    await pass(stage, settle(traffic));
    expectAllOnce(traffic);
    expect(states).toEqual({ kitchen: [], phone: [] });
  });
});

/** Another program at the hub's adapter writes to the same connection. Resolves with the opcode of the answer. */
async function subscribeAgain({ air, kitchen }: AirStage): Promise<number | undefined> {
  const written$ = air.trace$.pipe(
    filter(
      ({ adapter, isFromHost, packet }) => adapter === kitchen.adapter && isFromHost && packet[0] === PacketType.acl,
    ),
  );
  const { packet } = await firstValueFrom(written$);
  const [, low = 0, high = 0] = packet;
  return new Promise((resolve) => {
    const port = kitchen.adapter.attach({
      receive: ([type, , , , , , , , , opcode]) => {
        if (type !== PacketType.acl || opcode !== Att.writeResponse) return;
        port.close();
        resolve(opcode);
      },
    });
    const request = att(Att.writeRequest, Attribute.subscription, 0, 1, 0);
    port.write(Uint8Array.of(PacketType.acl, low, high & 0x0f, request.length, 0, ...request));
  });
}
