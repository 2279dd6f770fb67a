/** Bluetooth device addresses, as people write them and as HCI carries them. */

/** Source: Core Specification 5.3, volume 6, part B, section 1.3. */
export interface DeviceAddress {
  /** 0 public, 1 random. */
  readonly type: number;
  /** Lower case, most significant byte first: 'c0:de:00:00:00:01'. */
  readonly address: string;
}

const ADDRESS_BYTES = 6;

export const noAddress: DeviceAddress = { type: 0, address: '00:00:00:00:00:00' };

/** Throws RangeError unless the text is six pairs of hexadecimal digits. */
export function parseAddress(text: string): string {
  if (!/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(text)) {
    throw new RangeError(`not a device address: ${text}`);
  }
  return text.toLowerCase();
}

/** Six bytes, least significant first, as HCI has them. */
export function addressBytes(address: string): Buffer {
  return Buffer.from(address.replaceAll(':', ''), 'hex').reverse();
}

/** Reads type and address, in the order of most commands. */
export function readAddress(source: Buffer, offset: number): DeviceAddress {
  return { type: source.readUInt8(offset), address: readPlainAddress(source, offset + 1) };
}

/** Reads an address whose type stands elsewhere. */
export function readPlainAddress(source: Buffer, offset: number): string {
  const bytes = [...source.subarray(offset, offset + ADDRESS_BYTES)].reverse();
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}

/** Writes type and address: seven bytes. */
export function writeAddress(target: Buffer, offset: number, { type, address }: DeviceAddress): void {
  target.writeUInt8(type, offset);
  target.set(addressBytes(address), offset + 1);
}

export function isSameAddress(one: DeviceAddress, other: DeviceAddress): boolean {
  return one.type === other.type && one.address === other.address;
}
