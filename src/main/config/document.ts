/** A text in YAML or JSON, and where in it each value stands. */
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  type ParsedNode,
  parseDocument,
} from 'yaml';
import { reasonOf } from '../command-error.js';
import type { Problem } from './problem.js';

/** Places are `file:line:column`, line and column from 1. */
export interface SettingsDocument {
  readonly value: unknown;
  /** Of the name at this path or, where there is none, of the nearest thing around it. */
  placeOfName(path: readonly string[]): string;
  /** Of the value at this path or, where there is none, of the nearest thing around it. */
  placeOfValue(path: readonly string[]): string;
}

/** Whether a text is held to JSON, or may be any YAML, of which JSON is a part. */
export type Format = 'JSON' | 'YAML';

/** Reads a text; `source` names it in places. */
export function readDocument(text: string, source: string, format: Format): SettingsDocument | { problems: Problem[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'error',
    ...(format === 'JSON' && { schema: 'json' }),
  });
  const placeAt = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${source}:${Math.max(line, 1)}:${Math.max(col, 1)}`;
  };
  if (document.errors.length > 0) {
    const describe = (message: string): string => `this is not ${format}: ${message}`;
    return {
      problems: document.errors.map(({ pos, message }) => ({ place: placeAt(pos[0]), message: describe(message) })),
    };
  }
  try {
    const value: unknown = document.toJS();
    return {
      value,
      placeOfName: (path) => placeAt(find(document, path).name),
      placeOfValue: (path) => placeAt(find(document, path).value),
    };
  } catch (error) {
    // An alias without an anchor, or so many of them that they would fill the memory.
    return { problems: [{ place: placeAt(0), message: reasonOf(error) }] };
  }
}

/** Offsets of a name and of its value. */
interface Found {
  readonly name: number;
  readonly value: number;
}

function find(document: Document.Parsed, path: readonly string[]): Found {
  let node: Node | null = document.contents;
  let found: Found = { name: startOf(node, 0), value: startOf(node, 0) };
  for (const key of path) {
    const below: Below | undefined = stepInto(isAlias(node) ? (node.resolve(document) ?? null) : node, key);
    if (below === undefined) break;
    const name = startOf(below.name, startOf(below.value, found.value));
    found = { name, value: startOf(below.value, name) };
    node = below.value;
  }
  return found;
}

interface Below {
  readonly name: Node | null;
  readonly value: Node | null;
}

function stepInto(node: Node | null, key: string): Below | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(key)];
    return isNode(item) ? { name: item, value: item } : undefined;
  }
  if (!isMap<ParsedNode, ParsedNode | null>(node)) return undefined;
  const pair = node.items.find((candidate) => nameOf(candidate) === key);
  return pair === undefined ? undefined : { name: pair.key, value: pair.value };
}

function nameOf({ key }: Pair<ParsedNode, ParsedNode | null>): string {
  return isScalar(key) ? String(key.value) : '';
}

function startOf(node: Node | null, otherwise: number): number {
  return node?.range?.[0] ?? otherwise;
}
