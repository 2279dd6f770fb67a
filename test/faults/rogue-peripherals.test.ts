import type { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { ConnectErrorCode } from '../../src/protocol/codes.js';
import { encodeSegment } from '../../src/protocol/segment.js';
import { accountTag, parseAccount } from '../../src/transport/account.js';
import { PacketType } from '../../src/transport/air/hci-codes.js';
import { sealHint } from '../../src/transport/ble/discovery/hint.js';
import { sealCard } from '../../src/transport/ble/discovery/identity-card.js';
import { createOwnPresence } from '../../src/transport/ble/discovery/own-presence.js';
import { scanResponseData } from '../../src/transport/ble/peripheral/advertisement-data.js';
import type { HciSocketClass } from '../../src/transport/ble/stacks.js';
import { patternBytes } from '../../src/transport/contract/stage.js';
import { connectBetween, connectedPair, createSession, registerApp, registerAskedApp } from '../conformance/fixture.js';
import { Att, Attribute } from '../support/rogue-central.js';
import { type Answer, addRogue } from '../support/rogue-peripheral.js';
import {
  type AirDevice,
  type AirStage,
  createVirtualStage,
  pass,
  sessionStates,
  startPeripheral,
  untilInRange,
} from './stage.js';
import { expectAllOnce, settle, startTraffic } from './traffic.js';

const ROGUE = 'rogue';
/** Before a value: type, handle and length of HCI, length and channel of L2CAP, opcode and handle of ATT. */
const VALUE_AT = 12;
const OPCODE_AT = 9;
const OTHER_APP = { abilityName: 'Other' } as const;

/** Two honest devices that talk, and time that jumps. */
async function createScene() {
  const stage = await createVirtualStage();
  const pair = await pass(stage, connectedPair(stage));
  return { stage, pair, states: sessionStates(stage) };
}

/** It has got hold of the account: it is known, visited and dialled like any other device. */
async function addMember(stage: AirStage, answer: Answer): Promise<AirDevice> {
  const tag = accountTag(parseAccount(stage.account));
  const { hintKey, cardKey, deviceTag, identity } = createOwnPresence({
    deviceId: ROGUE,
    deviceName: ROGUE,
    accountTag: tag,
  });
  const scanResponse = scanResponseData(sealHint(hintKey, { deviceTag, targetTag: undefined }));
  addRogue(stage.air, { answer, scanResponse, card: sealCard(cardKey, identity) });
  const rogue = { ...stage.phone, name: ROGUE };
  await pass(stage, untilInRange(stage.kitchen, rogue));
  return rogue;
}

/** Says this as soon as the hub has subscribed. */
function afterSubscription(packet: Uint8Array): Answer {
  return ([opcode, handle], rogue) => {
    if (opcode === Att.writeRequest && handle === Attribute.subscription) {
      setImmediate(() => rogue.send(Att.notification, Attribute.toCentral, 0, ...packet));
    }
    return undefined;
  };
}

const RULE_BREAKERS: readonly (readonly [what: string, reason: string, answer: Answer])[] = [
  ['opens and never finishes', 'the peer did not finish the handshake', () => undefined],
  ['writes garbage before the handshake', 'the peer broke the protocol', afterSubscription(patternBytes(200, 5))],
  [
    'breaks the segment rules',
    'the peer broke the protocol',
    // Acknowledges what was never sent.
    afterSubscription(
      encodeSegment({ isFirst: true, isLast: true, sequence: 0, acknowledgement: 7, payload: patternBytes(48) }),
    ),
  ],
];

describe("a peripheral with the hub's account", () => {
  it.each(RULE_BREAKERS)(
    'that %s: connect says "%s", and another session does not notice',
    async (_, reason, answer) => {
      const { stage, pair, states } = await createScene();
      const rogue = await addMember(stage, answer);
      const app = registerApp(stage.kitchen, OTHER_APP);
      const connecting = app.abilityConnectionManager.connect(createSession(app, rogue));
      const traffic = startTraffic(pair);
      const [result] = await pass(stage, Promise.all([connecting, settle(traffic)]));
      expect(result).toMatchObject({ isConnected: false, errorCode: ConnectErrorCode.SYSTEM_INTERNAL_ERROR });
      expect(result.reason).toContain(reason);
      expectAllOnce(traffic);
      expect(states.phone).toEqual([]);
    },
  );
});

describe('a peripheral that lies about its MTU', () => {
  it('and claims 517, which it has not: its session works all the same', async () => {
    const { stage } = await createScene();
    const said = mtuResponses(stage);
    const liar = await startPeripheral(stage, 'liar', { over: claiming517 });
    await pass(stage, untilInRange(stage.kitchen, liar));
    const caller = registerApp(stage.kitchen, OTHER_APP);
    const asked = registerAskedApp(liar, OTHER_APP);
    const ends = await pass(
      stage,
      connectBetween({ kitchen: stage.kitchen, phone: liar }, caller, asked, { peer: OTHER_APP }),
    );
    const traffic = startTraffic(ends);
    await pass(stage, settle(traffic));
    expectAllOnce(traffic);
    expect(said).toContain(517);
  });

  it('and loses what is longer than 20 bytes: connect says that the handshake is not finished', async () => {
    const { stage, pair, states } = await createScene();
    const liar = await startPeripheral(stage, 'liar', { over: losingLongPackets });
    await pass(stage, untilInRange(stage.kitchen, liar));
    const app = registerApp(stage.kitchen, OTHER_APP);
    const connecting = app.abilityConnectionManager.connect(createSession(app, liar));
    const traffic = startTraffic(pair);
    const [result] = await pass(stage, Promise.all([connecting, settle(traffic)]));
    expect(result).toMatchObject({ isConnected: false, errorCode: ConnectErrorCode.SYSTEM_INTERNAL_ERROR });
    expect(result.reason).toContain('the peer did not finish the handshake');
    expectAllOnce(traffic);
    expect(states.phone).toEqual([]);
  });
});

/** What peripherals claim from now on; the list grows. */
function mtuResponses({ air }: AirStage): readonly number[] {
  const said: number[] = [];
  air.trace$.subscribe(({ isFromHost, packet }) => {
    const [low = 0, high = 0] = packet.subarray(OPCODE_AT + 1);
    if (isFromHost && packet[0] === PacketType.acl && packet[OPCODE_AT] === Att.mtuRequest + 1)
      said.push(low + high * 256);
  });
  return said;
}

type Emit = Parameters<EventEmitter['emit']>;
/** All that is needed of a socket class here. */
type BareSocketClass = new () => EventEmitter & { write(packet: Buffer): void };

function claiming517(Socket: HciSocketClass): HciSocketClass {
  const Base = Socket as unknown as BareSocketClass; // see BareSocketClass
  return class extends Base {
    override write(packet: Buffer): void {
      if (packet[0] === PacketType.acl && packet[OPCODE_AT] === Att.mtuRequest + 1)
        packet.writeUInt16LE(517, OPCODE_AT + 1);
      super.write(packet);
    }
  } as unknown as HciSocketClass; // with all the methods of the other class
}

function losingLongPackets(Socket: HciSocketClass): HciSocketClass {
  const Base = Socket as unknown as BareSocketClass; // see BareSocketClass
  return class extends Base {
    override emit(...[name, packet, ...rest]: Emit): boolean {
      const isLong = Buffer.isBuffer(packet) && packet[OPCODE_AT] === Att.writeCommand && packet.length > VALUE_AT + 20;
      return !isLong && super.emit(name, packet, ...rest);
    }
  } as unknown as HciSocketClass; // with all the methods of the other class
}
