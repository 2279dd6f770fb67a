import { isObject } from '../protocol/shape.js';

/** The object in a JSON text; undefined for everything else, which is nothing of ours. */
export function parseObject(payload: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(payload.toString());
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
