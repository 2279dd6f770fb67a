/** "1 text", "2 texts", "0 texts": how many of something there are, with thousands apart. */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number.toLocaleString('en')} ${number === 1 ? noun : plural}`;
}
