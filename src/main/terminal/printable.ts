/**
 * Text that others chose, as a terminal may see it. Whatever could steer the terminal, hide text or turn its direction is shown as JSON writes
 * it, such as `\u001b`: so the same function makes JSON safe to look at, and it stays the same JSON.
 */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, asInJson);
}

/**
 * Control and format characters, separators of lines and paragraphs, lone surrogates. The two joiners are part of words and emoji.
 * Source: Unicode Standard Annex 44, general categories; Unicode Technical Report 36, section 2.5, for bidirectional overrides.
 */
const UNPRINTABLE = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function asInJson(character: string): string {
  return (
    SHORT[character] ?? character.replace(/[\s\S]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
  );
}
