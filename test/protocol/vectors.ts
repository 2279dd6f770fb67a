/** Reads the golden vectors in test/protocol/vectors. */
import { readFileSync } from 'node:fs';

export interface Refused {
  readonly name: string;
  readonly hex: string;
}

export function readVectors<T>(name: 'frames' | 'segments' | 'hello'): T {
  const text = readFileSync(new URL(`./vectors/${name}.json`, import.meta.url), 'utf8');
  return JSON.parse(text) as T; // our own files: a wrong shape fails the test that asked for it
}

export function fromHex(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
