/** A peripheral on bare bleno that breaks whatever rule a test wants: it answers requests by hand, and sends what nobody asked for. */
import { onTestFinished } from 'vitest';
import type { Adapter } from '../../src/transport/air/adapter.js';
import type { Air } from '../../src/transport/air/air.js';
import { createAirSocketClass } from '../../src/transport/air/air-socket.js';
import { PacketType } from '../../src/transport/air/hci-codes.js';
import {
  HINT_BYTES,
  IDENTITY_UUID,
  SERVICE_UUID,
  TO_CENTRAL_UUID,
  TO_PERIPHERAL_UUID,
} from '../../src/transport/ble/gatt.js';
import { loadBleno } from '../../src/transport/ble/load-stacks.js';
import { ADVERTISING_DATA, scanResponseData } from '../../src/transport/ble/peripheral/advertisement-data.js';
import { initBleno } from '../../src/transport/ble/peripheral/mend-bleno.js';
import type { Bleno } from '../../src/transport/ble/stacks.js';
import { patternBytes } from '../../src/transport/contract/stage.js';

/** To a request of the central: this answer, none, or what bleno would say. */
export type Answer = (request: Buffer, rogue: RoguePeripheral) => Buffer | 'silence' | undefined;

export interface RogueOptions {
  readonly answer?: Answer;
  readonly serviceUuid?: string;
  /** Properties by UUID; one that is left out is not there. */
  readonly characteristics?: Readonly<Record<string, readonly string[]>>;
  readonly scanResponse?: Buffer;
  readonly card?: Uint8Array;
}

export interface RoguePeripheral {
  readonly adapter: Adapter;
  /** From the central, oldest first. */
  readonly requests: readonly Buffer[];
  /** An ATT packet to the central. */
  send(...pdu: readonly number[]): void;
  /** An L2CAP packet, or a part of one. */
  fragment(isFirst: boolean, bytes: Uint8Array): void;
  disconnect(): void;
  advertise(): void;
}

/** What our own peripherals have. */
export const allCharacteristics: Readonly<Record<string, readonly string[]>> = {
  [TO_PERIPHERAL_UUID]: ['write', 'writeWithoutResponse'],
  [TO_CENTRAL_UUID]: ['notify'],
  [IDENTITY_UUID]: ['read', 'write'],
};

const ATT_CHANNEL = 4;

/** Advertises again by itself, also without the restraint of our own. */
export function addRogue(air: Air, options: RogueOptions = {}): RoguePeripheral {
  const adapter = air.createAdapter();
  const bleno = loadBleno(createAirSocketClass(air, () => adapter));
  const { _bindings: bindings } = bleno as unknown as { _bindings: Internals }; // private members that only rogues use
  const port = adapter.attach({ receive: () => {} });
  const requests: Buffer[] = [];
  const rogue: RoguePeripheral = {
    adapter,
    requests,
    send: (...pdu) => bindings._gatt.send(Buffer.from(pdu)),
    fragment: (isFirst, bytes) => port.write(aclPacket(bindings._handle ?? 0, isFirst, bytes)),
    disconnect: () => bleno.disconnect(),
    advertise() {
      const scanResponse = options.scanResponse ?? scanResponseData(patternBytes(HINT_BYTES, 1));
      bleno.startAdvertisingWithEIRData(ADVERTISING_DATA, scanResponse);
    },
  };
  answerByHand(bindings, requests, (request) => options.answer?.(request, rogue));
  offer(bleno, options);
  bleno.on('disconnect', () => rogue.advertise());
  initBleno(bleno, 'raw', (state) => {
    if (state === 'poweredOn') rogue.advertise();
  });
  onTestFinished(() => {
    bleno.removeAllListeners();
    bindings._hci.pollIsDevUp = () => {};
    port.close();
  });
  return rogue;
}

interface Internals {
  readonly _handle: number | null;
  readonly _hci: { pollIsDevUp(): void };
  readonly _gatt: { handleRequest(request: Buffer): void; send(pdu: Buffer): void };
}

function answerByHand(
  { _gatt: gatt }: Internals,
  requests: Buffer[],
  answer: (request: Buffer) => ReturnType<Answer>,
): void {
  const original = gatt.handleRequest.bind(gatt);
  gatt.handleRequest = (request) => {
    requests.push(request);
    const said = answer(request);
    if (said === undefined) original(request);
    else if (said !== 'silence') gatt.send(said);
  };
}

function offer(bleno: Bleno, { serviceUuid, characteristics, card = patternBytes(300, 2) }: RogueOptions): void {
  const offered = Object.entries(characteristics ?? allCharacteristics).map(
    ([uuid, properties]) =>
      new bleno.Characteristic({
        uuid,
        properties,
        onReadRequest: (offset, answer) => answer(0, Buffer.from(card.subarray(offset))),
        onWriteRequest: (_data, _offset, _withoutResponse, answer) => answer(0),
      }),
  );
  bleno.setServices([new bleno.PrimaryService({ uuid: serviceUuid ?? SERVICE_UUID, characteristics: offered })]);
}

/** L2CAP packets come whole where the length fits: the first part begins with length and channel. */
function aclPacket(handle: number, isFirst: boolean, bytes: Uint8Array): Uint8Array {
  const flagged = handle | (isFirst ? 0 : 0x1000);
  return Uint8Array.of(PacketType.acl, flagged & 0xff, flagged >> 8, bytes.length & 0xff, bytes.length >> 8, ...bytes);
}

/** Length and channel before a payload. */
export function l2cap(channel: number, payload: Uint8Array, length = payload.length): Uint8Array {
  return Uint8Array.of(length & 0xff, length >> 8, channel & 0xff, channel >> 8, ...payload);
}

/** An ATT packet as L2CAP has it. */
export function att(...pdu: readonly number[]): Uint8Array {
  return l2cap(ATT_CHANNEL, Uint8Array.from(pdu));
}
