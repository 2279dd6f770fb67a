/** The GATT service of a peripheral: which of its characteristics does what. The layout is in gatt.ts. */
import { IDENTITY_UUID, MAX_CARD_BYTES, SERVICE_UUID, TO_CENTRAL_UUID, TO_PERIPHERAL_UUID } from '../gatt.js';
import type { Bleno } from '../stacks.js';

/** The one central that is connected, as the service sees it. */
export interface GattClient {
  /** It wants packets from now on, of at most `maxBytes`. `notify` is good as long as its connection and no longer. */
  subscribed(maxBytes: number, notify: (packet: Buffer) => void): void;
  unsubscribed(): void;
  wrote(packet: Buffer): void;
  /** Our card from this byte on; a long one is read in parts. Undefined: there is no such byte. */
  readCard(offset: number): Buffer | undefined;
  /** False: no more cards are taken from it. */
  leftCard(card: Buffer): boolean;
}

/** Read by any stranger who connects: bleno would give the name of the machine. */
const DEVICE_NAME = 'Tandem';

/** ATT results. Source: Core Specification, volume 3, part F, section 3.4.1.1. */
const Result = { success: 0x00, invalidOffset: 0x07, invalidLength: 0x0d, insufficientResources: 0x11 } as const;

/** `client` is asked at every call: who is connected now. */
export function offerService(bleno: Bleno, client: () => GattClient | undefined): void {
  const service = new bleno.PrimaryService({
    uuid: SERVICE_UUID,
    characteristics: [toPeripheral(bleno, client), toCentral(bleno, client), identity(bleno, client)],
  });
  const before = process.env['BLENO_DEVICE_NAME'];
  process.env['BLENO_DEVICE_NAME'] = DEVICE_NAME;
  try {
    bleno.setServices([service]);
  } finally {
    if (before === undefined) delete process.env['BLENO_DEVICE_NAME'];
    else process.env['BLENO_DEVICE_NAME'] = before;
  }
}

function toPeripheral(bleno: Bleno, client: () => GattClient | undefined): unknown {
  return new bleno.Characteristic({
    uuid: TO_PERIPHERAL_UUID,
    properties: ['write', 'writeWithoutResponse'],
    onWriteRequest(packet, offset, _withoutResponse, answer) {
      if (offset === 0) client()?.wrote(packet);
      answer(offset === 0 ? Result.success : Result.invalidOffset);
    },
  });
}

function toCentral(bleno: Bleno, client: () => GattClient | undefined): unknown {
  return new bleno.Characteristic({
    uuid: TO_CENTRAL_UUID,
    properties: ['notify'],
    onSubscribe: (maxBytes, notify) => client()?.subscribed(maxBytes, notify),
    onUnsubscribe: () => client()?.unsubscribed(),
  });
}

/** A card beyond MTU - 3 bytes comes as prepared writes, which bleno puts together. */
function identity(bleno: Bleno, client: () => GattClient | undefined): unknown {
  return new bleno.Characteristic({
    uuid: IDENTITY_UUID,
    properties: ['read', 'write'],
    onReadRequest(offset, answer) {
      const part = client()?.readCard(offset);
      if (part === undefined) answer(Result.invalidOffset);
      else answer(Result.success, part);
    },
    onWriteRequest(card, offset, _withoutResponse, answer) {
      if (offset !== 0) return answer(Result.invalidOffset);
      if (card.length === 0 || card.length > MAX_CARD_BYTES) return answer(Result.invalidLength);
      const isTaken = client()?.leftCard(Buffer.from(card)) ?? false;
      answer(isTaken ? Result.success : Result.insufficientResources);
    },
  });
}
