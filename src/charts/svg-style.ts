/** How an SVG chart looks. */
import { FONT_SIZE, TITLE_FONT_SIZE } from './measure.js';

/** Colours by the name of their custom property; a page that embeds the chart inline may set others. */
const LIGHT: Readonly<Record<string, string>> = {
  paper: '#ffffff',
  ink: '#1f2328',
  faint: '#59636e',
  line: '#6e7781',
  box: '#f6f8fa',
  active: '#0b5cad',
  'active-box': '#dbeafe',
};

const DARK: Readonly<Record<string, string>> = {
  paper: '#0d1117',
  ink: '#e6edf3',
  faint: '#9da7b3',
  line: '#8b949e',
  box: '#161b22',
  active: '#79b8ff',
  'active-box': '#0c2d6b',
};

const RULES = `
text { font-family: ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace; font-size: ${FONT_SIZE}px; fill: var(--ink) }
.title { font-size: ${TITLE_FONT_SIZE}px; font-weight: bold; text-anchor: middle }
.note { fill: var(--faint) }
.paper { fill: var(--paper) }
.state rect { fill: var(--box); stroke: var(--line); stroke-width: 1.5 }
.state path { stroke: var(--line); stroke-width: 0.5 }
.line path { fill: none; stroke: var(--line); stroke-width: 1.5 }
.start, .arrow { fill: var(--line) }
.state.active rect { fill: var(--active-box); stroke: var(--active); stroke-width: 3 }
.line.active path { stroke: var(--active); stroke-width: 2.5 }
.label.active { fill: var(--active); font-weight: bold }
`;

/** Light or dark as the reader prefers. */
export const STYLE = `
svg { ${properties(LIGHT)} }
@media (prefers-color-scheme: dark) { svg { ${properties(DARK)} } }${RULES}`;

/** Without custom properties and queries, for renderers that know neither. */
export const LIGHT_STYLE = RULES.replace(/var\(--([\w-]+)\)/g, (_, name: string) => LIGHT[name] ?? name);

function properties(colours: Readonly<Record<string, string>>): string {
  return Object.entries(colours)
    .map(([name, colour]) => `--${name}: ${colour}`)
    .join('; ');
}
