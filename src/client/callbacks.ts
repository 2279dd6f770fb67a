import { callBack } from './call-back.js';

/** Functions of the app that want to hear of one thing. */
export interface Callbacks<Value> {
  /** Returns how to stop. The same function may be added twice. */
  add(callback: (value: Value) => void): () => void;
  raise(value: Value): void;
}

export function createCallbacks<Value>(): Callbacks<Value> {
  const callbacks = new Set<(value: Value) => void>();
  return {
    add(callback) {
      const own = (value: Value): void => callback(value);
      callbacks.add(own);
      return () => void callbacks.delete(own);
    },
    raise(value) {
      for (const callback of [...callbacks]) callBack(callback, value);
    },
  };
}
