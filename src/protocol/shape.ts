/** Shapes of what comes over a link, by hand: a schema library takes longer to load than the rest of the core together. */
import { MAX_NAME_BYTES } from './limits.js';

/** What a value must be to be a T, and how much of it travels. */
export interface Shape<T> {
  isValid(value: unknown): value is T;
  /** The value without the fields that the shape does not name. */
  strip(value: T): T;
}

const utf8 = new TextEncoder();

/** A value that is taken as it is. */
export function leafOf<T>(isValid: (value: unknown) => value is T): Shape<T> {
  return { isValid, strip: (value) => value };
}

/** An object with exactly these fields. */
export function objectOf<T extends object>(fields: { readonly [K in keyof T]: Shape<T[K]> }): Shape<T> {
  const names = Object.keys(fields) as (keyof T & string)[]; // the mapped type above has no other keys
  return {
    isValid: (value): value is T =>
      isObject(value) &&
      Object.keys(value).length === names.length &&
      names.every((name) => Object.hasOwn(value, name) && fields[name].isValid(value[name])),
    strip: (value) => Object.fromEntries(names.map((name) => [name, fields[name].strip(value[name])])) as T, // every field of T is named
  };
}

/** One of the values of an `as const` object of codes.ts. */
export function oneOf<T>(values: Readonly<Record<string, T>>): Shape<T> {
  const allowed = new Set<unknown>(Object.values(values));
  return leafOf((value): value is T => allowed.has(value));
}

/** A whole number from `least` to 2^32 - 1. */
export function uint32From(least: number): Shape<number> {
  return leafOf((value): value is number => Number.isInteger(value) && isBetween(value, least, 0xffff_ffff));
}

/** Text of `least` to `most` bytes of UTF-8. */
export function textOf(least: number, most: number): Shape<string> {
  return leafOf((value): value is string => typeof value === 'string' && isBetween(utf8Bytes(value), least, most));
}

export const boolean = leafOf((value): value is boolean => typeof value === 'boolean');

/** Text within the limit that the reference sets for names. */
export const name = textOf(0, MAX_NAME_BYTES - 1);

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

/** Length in UTF-8, in bytes. */
export function utf8Bytes(text: string): number {
  return utf8.encode(text).length;
}

function isBetween(value: unknown, least: number, most: number): boolean {
  return typeof value === 'number' && value >= least && value <= most;
}
