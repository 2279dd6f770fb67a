/** Results as a table for people; the table is Markdown, so that it can go into docs/performance.md as it is. */
import type { Result, Spread } from './row.js';

const TITLES = ['row', 'work', 'ours', 'beside', 'theirs', 'ratio', 'must', 'reach', 'verdict'];

export function formatTable(results: readonly Result[]): string {
  const rows = [TITLES, ...results.map(cellsOf)];
  const widths = TITLES.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const lines = rows.map((cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`);
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  return [lines[0], rule, ...lines.slice(1)].join('\n');
}

function cellsOf(result: Result): string[] {
  const { group, work, beside, unit, must, reach, better, ours, peer, ratio, verdict } = result;
  const times = peer === undefined ? '' : ' ×';
  const bound = better === 'more' ? '≥ ' : '≤ ';
  const limit = (value: number | undefined) => (value === undefined ? '–' : `${bound}${value}${times}`);
  return [
    group,
    work,
    `${formatSpread(ours)} ${unit}`,
    beside,
    peer === undefined ? '–' : `${formatSpread(peer)} ${unit}`,
    ratio === undefined ? '–' : `${formatSpread(ratio)} ×`,
    limit(must),
    limit(reach),
    verdict,
  ];
}

function formatSpread({ median, min, max }: Spread): string {
  if (min === max) return formatNumber(median);
  return `${formatNumber(median)} (${formatNumber(min)}–${formatNumber(max)})`;
}

/** Three digits that mean something. */
function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '?';
  if (Number.isInteger(value) || Math.abs(value) >= 1_000) return Math.round(value).toLocaleString('en');
  return String(Number(value.toPrecision(3)));
}
