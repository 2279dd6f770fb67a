/** Arithmetic on numbers that wrap around, after RFC 1982: sequences of segments (11 bits), payload frames and credit (32 bits). */

/** Width of payload sequence numbers and credit totals. */
export const COUNTER_BITS = 32;

/** The number `amount` after `value`. `bits` is 1 to 32. */
export function addSerial(value: number, amount: number, bits: number): number {
  return ((value + amount) << (32 - bits)) >>> (32 - bits);
}

/**
 * How far `left` is ahead of `right`; negative when it is behind. Right as long as the two are less than half the range apart
 * (RFC 1982, section 3.2); exactly half apart counts as behind. Fits wherever a comparison is asked for by its sign.
 */
export function compareSerial(left: number, right: number, bits: number): number {
  return ((left - right) << (32 - bits)) >> (32 - bits);
}
