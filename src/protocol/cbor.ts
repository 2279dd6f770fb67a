/** CBOR as bodies use it: maps with text keys, text, whole numbers and booleans, in shortest form. Source: RFC 8949, section 4.1. */
import { type DecodeOptions, decode, encode, Tokenizer } from 'cborg';
import type { Shape } from './shape.js';

const strict: DecodeOptions = {
  strict: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowBigInt: false,
  rejectDuplicateMapKeys: true,
  retainStringBytes: true,
};

// A leading U+FEFF is a character like any other here, not a mark to drop.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** What of `body` its shape names. */
export function encodeBody<T>(shape: Shape<T>, body: T): Uint8Array {
  return encode(shape.strip(body));
}

/** The body that these bytes hold; undefined for anything malformed or of another shape. */
export function decodeBody<T>(shape: Shape<T>, bytes: Uint8Array): T | undefined {
  try {
    const body: unknown = decode(bytes, { ...strict, tokenizer: strictTokenizer(bytes) });
    return shape.isValid(body) ? body : undefined;
  } catch {
    // The decoder throws for malformed bytes only, and runs out of stack only where they nest too deep for any body.
    return undefined;
  }
}

/** The decoder alone would repair bad UTF-8, drop a leading U+FEFF and take 1.0 for 1. */
function strictTokenizer(bytes: Uint8Array): NonNullable<DecodeOptions['tokenizer']> {
  const tokens = new Tokenizer(bytes, strict);
  return {
    done: () => tokens.done(),
    pos: () => tokens.pos(),
    next: () => {
      const token = tokens.next();
      if (token.type.name === 'float') throw new TypeError('a float');
      if (token.byteValue !== undefined) token.value = utf8.decode(token.byteValue);
      return token;
    },
  };
}
