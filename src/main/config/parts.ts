/** What sections of the configuration are made of. */
import Type, { type TProperties, type TStringOptions } from 'typebox';

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
