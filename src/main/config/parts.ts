/** What sections of the configuration are made of. */
import { BlockList, isIP } from 'node:net';
import Type, { type TProperties, type TStringOptions } from 'typebox';
import Format from 'typebox/format';

/** A group of settings; a name that is not among them is refused. */
export function section<Properties extends TProperties>(properties: Properties, description?: string) {
  return Type.Object(properties, { additionalProperties: false, ...(description !== undefined && { description }) });
}

/** A text that is not empty. */
export function filled(description: string, options: TStringOptions = {}) {
  return Type.String({ minLength: 1, description, ...options });
}

/**
 * A text that is never shown, and that may also come from a file: its variable with `_FILE` behind it names one.
 * "writeOnly" is JSON Schema's word for it (Validation, 9.4).
 */
export function secret(description: string) {
  return filled(description, { writeOnly: true });
}

/** One of a few words. */
export function oneOf<Word extends string>(words: readonly Word[], options: { default?: Word; description: string }) {
  return Type.Unsafe<Word>({ type: 'string', enum: [...words], ...options });
}

/** An IP address, or a range of them as `10.0.0.0/8`. */
export function addressRange(description: string) {
  return filled(description, { format: ADDRESS_RANGE });
}

/** Words for it are in explain.ts. */
export const ADDRESS_RANGE = 'address-range';

Format.Set(ADDRESS_RANGE, (text) => {
  const [address = '', bits, ...more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0 || address.includes('%')) return false;
  return (
    bits === undefined || (/^\d{1,3}$/.test(bits) && isRange(address, Number(bits), family === 6 ? 'ipv6' : 'ipv4'))
  );
});

function isRange(address: string, bits: number, family: 'ipv4' | 'ipv6'): boolean {
  try {
    new BlockList().addSubnet(address, bits, family);
    return true;
  } catch {
    // More bits than an address has.
    return false;
  }
}
