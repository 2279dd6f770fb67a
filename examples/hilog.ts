/** A stand-in for the log of the reference's programs: one line for each call, so that a test can read along. */
export const hilog = {
  info: (_domain: number, tag: string, format: string, ...values: readonly unknown[]): void =>
    console.log(`${tag}: ${fill(format, values)}`),
  error: (_domain: number, tag: string, format: string, ...values: readonly unknown[]): void =>
    console.error(`${tag}: ${fill(format, values)}`),
};

/** Values take the place of %{public}s and %{public}d in turn; what is left over follows. */
function fill(format: string, values: readonly unknown[]): string {
  const rest = [...values];
  const text = format.replace(/%\{public\}[sd]/g, () => String(rest.shift()));
  return [text, ...rest].join(' ');
}
