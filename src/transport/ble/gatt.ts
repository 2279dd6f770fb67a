/** The GATT layout: what a Tandem peripheral offers, and how large its packets are. docs/peer-protocol.md, "Bluetooth LE", says the same. */

/** The primary service. Random (version 4) UUIDs, written as noble and bleno want them. */
export const SERVICE_UUID = 'b4f5a1c0e4c34b5f9d4ea0c1d2c60001';
/** Centrals write packets here, without response. */
export const TO_PERIPHERAL_UUID = 'b4f5a1c0e4c34b5f9d4ea0c1d2c60002';
/** The peripheral notifies packets here; the subscription opens the link, its end closes it. */
export const TO_CENTRAL_UUID = 'b4f5a1c0e4c34b5f9d4ea0c1d2c60003';
/** Read: the card of the peripheral. Write (with response): the card of the central. See identity-card.ts. */
export const IDENTITY_UUID = 'b4f5a1c0e4c34b5f9d4ea0c1d2c60004';

/** Bytes of service data in the scan response: 31 less the 18 that length, type and a 128-bit UUID take. Source: Core Specification Supplement, part A, section 1.11. */
export const HINT_BYTES = 13;
/** Longest card, in bytes. Source: Core Specification, volume 3, part F, section 3.2.9: an attribute value has at most 512. */
export const MAX_CARD_BYTES = 512;

/** The MTU that noble and bleno agree on. noble believes any larger answer, so no more than this is ever used. Source: ble.md 3, "Protocol quirks". */
export const MAX_MTU = 256;
/** ATT_MTU before any exchange. Source: Core Specification, volume 3, part G, section 5.2.1. */
export const DEFAULT_MTU = 23;
/** Opcode and handle before the value of a write command or notification. Source: Core Specification, volume 3, part F, sections 3.4.5.3 and 3.4.7.1. */
const ATT_HEADER_BYTES = 3;
/** With ATT (3) and L2CAP (4) headers this fills one link-layer packet of 251 bytes; 253 would need two. Source: ble.md 3, "Segment size". */
const MAX_PACKET_BYTES = 244;

/** The largest packet over a connection with this MTU, in bytes; an MTU that is out of bounds counts as the nearest one in them. */
export function packetBytesFor(mtu: number): number {
  const agreed = Math.min(Math.max(mtu, DEFAULT_MTU), MAX_MTU);
  return Math.min(agreed - ATT_HEADER_BYTES, MAX_PACKET_BYTES);
}
