/** Words of other devices, as a terminal may see them: without the control characters that could rewrite what stands there. */
export function printable(text: string): string {
  return text.replace(CONTROLS, '\u{fffd}');
}

/** C0 without tab and line feed, delete, C1. Source: ECMA-48, section 5. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
