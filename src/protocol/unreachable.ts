/** Ends a switch over a union: the compiler proves that no case is left. Throws TypeError if it is reached all the same. */
export function unreachable(value: never): never {
  throw new TypeError(`unexpected value: ${JSON.stringify(value)}`);
}
