/**
 * Calls code of the app. What it throws reaches the process as uncaught, as from any event listener, but in its own turn: the listeners
 * after it, and the client itself, go on.
 */
export function callBack<Value>(callback: (value: Value) => void, value: Value): void {
  try {
    callback(value);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
