/** Bytes that tell any shift, swap or repetition of pieces apart. */
export function patterned(size: number): ArrayBuffer {
  const words = new Uint32Array(Math.ceil(size / 4));
  for (let index = 0; index < words.length; index += 1) words[index] = Math.imul(index + 1, 0x9e37_79b1);
  return words.buffer.slice(0, size);
}

export function isSame(one: ArrayBuffer | undefined, other: ArrayBuffer): boolean {
  return one instanceof ArrayBuffer && Buffer.from(one).equals(Buffer.from(other));
}
