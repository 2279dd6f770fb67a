/** How much room the words of a chart take, in CSS pixels. They are set in a monospaced face, so that this is known wherever they are drawn. */

export const FONT_SIZE = 12;
export const TITLE_FONT_SIZE = 14;
export const LINE_HEIGHT = 17;
/** Between a state's border and what is in it. */
export const PADDING = 12;
/** The upper part of a state, with its name. */
export const TITLE_HEIGHT = 30;
/** Advance of a character in em: common monospaced faces have 0.55 to 0.61. */
const ADVANCE = 0.61;

export function textWidth(text: string, fontSize: number = FONT_SIZE): number {
  return Math.ceil(text.length * fontSize * ADVANCE);
}
