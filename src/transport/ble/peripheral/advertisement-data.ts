/** What a peripheral broadcasts, as bytes. Source of the layout: Core Specification 5.3, volume 3, part C, section 11; types: Core Specification Supplement, part A. */
import { HINT_BYTES, SERVICE_UUID } from '../gatt.js';

/** AD types. Source: Assigned Numbers, section 2.3. */
const AdType = { flags: 0x01, completeUuids128: 0x07, serviceData128: 0x21 } as const;
/** Found at any time, and no BR/EDR. Source: Core Specification Supplement, part A, section 1.3. */
const FLAGS = 0x06;

/** A UUID on the air has its last byte first. */
const serviceUuid = Buffer.from(SERVICE_UUID, 'hex').reverse();

/** The advertisement itself, 21 bytes: scanners that filter by service need look no further. */
export const ADVERTISING_DATA: Buffer = Buffer.concat([
  structure(AdType.flags, Uint8Array.of(FLAGS)),
  structure(AdType.completeUuids128, serviceUuid),
]);

/** The scan response, 31 bytes: the hint as service data. Throws RangeError when the hint has another length than HINT_BYTES. */
export function scanResponseData(hint: Uint8Array): Buffer {
  if (hint.length !== HINT_BYTES) {
    throw new RangeError(`a hint of ${hint.length} bytes does not fit: it has ${HINT_BYTES}`);
  }
  return structure(AdType.serviceData128, Buffer.concat([serviceUuid, hint]));
}

function structure(type: number, data: Uint8Array): Buffer {
  return Buffer.concat([Uint8Array.of(data.length + 1, type), data]);
}
