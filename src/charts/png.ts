/** A chart as a picture. Its renderer is for whoever wants pictures: it brings a program of 4 MB for each kind of machine. */
import { LIGHT_STYLE, STYLE } from './svg-style.js';

/** Twice the size in CSS pixels, so that text is sharp on today's screens. */
const ZOOM = 2;
const FONT = 'DejaVu Sans Mono';
const PROBE = '<svg xmlns="http://www.w3.org/2000/svg"><text font-family="monospace" y="9">M</text></svg>';

export type Picture =
  | { readonly type: 'picture'; readonly bytes: Uint8Array }
  /** Something is missing on this machine; `words` say what to install. */
  | { readonly type: 'unavailable'; readonly words: string };

/** Always light: a picture does not know its reader. */
export async function renderPng(svg: string): Promise<Picture> {
  const renderer = await loadRenderer();
  if (renderer === undefined) {
    return {
      type: 'unavailable',
      words: 'A PNG needs the package @resvg/resvg-js: npm install @resvg/resvg-js',
    };
  }
  const font = { loadSystemFonts: true, monospaceFamily: FONT, defaultFontFamily: FONT };
  if (new renderer.Resvg(PROBE, { font }).getBBox() === undefined) {
    return { type: 'unavailable', words: `A PNG needs the font ${FONT}. On Debian: apt-get install fonts-dejavu-core` };
  }
  // Rendered in libuv's threads.
  const options = { font, fitTo: { mode: 'zoom', value: ZOOM } } as const;
  const picture = await renderer.renderAsync(svg.replace(STYLE, LIGHT_STYLE), options);
  return { type: 'picture', bytes: picture.asPng() };
}

async function loadRenderer(): Promise<typeof import('@resvg/resvg-js') | undefined> {
  return import('@resvg/resvg-js').catch(() => undefined);
}
