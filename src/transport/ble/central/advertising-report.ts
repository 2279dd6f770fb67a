/** Finds Tandem devices among advertising reports. Source of the layouts: Core Specification 5.3, volume 4, part E, section 7.7.65.2, and volume 3, part C, section 11. */
import { HINT_BYTES, SERVICE_UUID } from '../gatt.js';

/** A Tandem device that was heard. */
export interface HintReport {
  readonly address: string;
  readonly isRandomAddress: boolean;
  /** In dBm. */
  readonly rssi: number;
  readonly hint: Uint8Array;
}

const SCAN_RESPONSE = 0x04;
const RANDOM_ADDRESS = 0x01;
/** Report type, address type, address and length of the data. */
const REPORT_HEADER_BYTES = 9;

/** AD type. Source: Assigned Numbers, section 2.3. */
const SERVICE_DATA_128 = 0x21;
/** A UUID on the air has its last byte first. */
const serviceUuid = Buffer.from(SERVICE_UUID, 'hex').reverse();

/** `data` begins after the number of reports. Everything but scan responses with a hint is left out, and what is cut off. */
export function readHintReports(count: number, data: Buffer): readonly HintReport[] {
  const found: HintReport[] = [];
  let at = 0;
  for (let report = 0; report < count && at + REPORT_HEADER_BYTES < data.length; report += 1) {
    const rssiAt = at + REPORT_HEADER_BYTES + data.readUInt8(at + 8);
    if (rssiAt >= data.length) break;
    const hint = data[at] === SCAN_RESPONSE ? hintIn(data.subarray(at + REPORT_HEADER_BYTES, rssiAt)) : undefined;
    if (hint !== undefined) {
      const address = addressText(data.subarray(at + 2, at + 8));
      found.push({ address, isRandomAddress: data[at + 1] === RANDOM_ADDRESS, rssi: data.readInt8(rssiAt), hint });
    }
    at = rssiAt + 1;
  }
  return found;
}

/** The service data of a scan response: a copy, as the rest of the packet is not kept. */
function hintIn(structures: Buffer): Uint8Array | undefined {
  for (let at = 0; at + 1 < structures.length; ) {
    const length = structures.readUInt8(at);
    if (length === 0) return undefined;
    const value = structures.subarray(at + 2, at + 1 + length);
    const isOurs = structures[at + 1] === SERVICE_DATA_128 && value.subarray(0, serviceUuid.length).equals(serviceUuid);
    if (isOurs && value.length === serviceUuid.length + HINT_BYTES) {
      return Uint8Array.from(value.subarray(serviceUuid.length));
    }
    at += 1 + length;
  }
  return undefined;
}

/** Most significant byte first, as noble writes it. */
function addressText(bytes: Buffer): string {
  return Array.from(bytes.toReversed(), (byte) => byte.toString(16).padStart(2, '0')).join(':');
}
