/** Values of settings as text: from a variable of the environment or from the command line. */
import { readDocument } from './document.js';
import type { Problem } from './problem.js';
import type { Schema } from './settings.js';

/** A value, which the schema still has to pass, or why the text has none. */
export type TextValue = { readonly value: unknown } | { readonly problems: readonly Problem[] };

/** Reads a text by the type of its setting: words and numbers as they are, lists of words with commas, everything else as JSON. */
export function readTextValue(text: string, schema: Schema, source: string): TextValue {
  switch (schema.type) {
    case 'string':
      return { value: text };
    case 'integer':
    case 'number':
      return { value: /^[+-]?\d+(\.\d+)?$/.test(text) ? Number(text) : text };
    case 'boolean':
      return { value: BOOLEANS[text.toLowerCase()] ?? text };
    case 'array':
      return isWordList(schema) && !text.trimStart().startsWith('[')
        ? { value: text.split(',').map((word) => word.trim()) }
        : readDocument(text, source, 'JSON');
    default:
      return readDocument(text, source, 'JSON');
  }
}

const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, false: false, 1: true, 0: false };

function isWordList({ items }: Schema): boolean {
  return items?.type === 'string';
}
