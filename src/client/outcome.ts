/** A promise and the function that settles it. */
export interface Outcome<Value> {
  readonly promise: Promise<Value>;
  settle(value: Value): void;
}

export function createOutcome<Value>(): Outcome<Value> {
  let settle: (value: Value) => void = () => {};
  const promise = new Promise<Value>((resolve) => {
    settle = resolve;
  });
  return { promise, settle };
}
