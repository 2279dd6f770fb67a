/** Lines that others can cause, as often as they like: bounded in number and length, and what is left out is counted. */
import { HUB_LINES_BURST, HUB_LINES_PER_HOUR, MAX_HUB_LINE_CHARACTERS } from '../protocol/hub-limits.js';
import { createRate } from './rate.js';
import type { HubTimers } from './timers.js';

export type Log = (level: 'warn' | 'info', line: string) => void;

/** The levels do not take each other's room. */
export function boundLog(timers: HubTimers, log: Log): Log {
  const lines = { warn: createLine(timers), info: createLine(timers) };
  return (level, line) => {
    const bounded = lines[level](line);
    if (bounded !== undefined) log(level, bounded);
  };
}

function createLine(timers: HubTimers): (line: string) => string | undefined {
  const isWithinRate = createRate(timers, HUB_LINES_BURST, HUB_LINES_PER_HOUR / 3_600);
  let leftOut = 0;
  return (line) => {
    if (!isWithinRate()) {
      leftOut += 1;
      return undefined;
    }
    const more = leftOut === 0 ? '' : ` (${leftOut} more such lines were left out)`;
    leftOut = 0;
    return `${shorten(line)}${more}`;
  };
}

/** Without control characters, which could make two lines of one. */
function shorten(line: string): string {
  const plain = line.replaceAll(/\p{C}/gu, '\u{fffd}');
  return plain.length > MAX_HUB_LINE_CHARACTERS ? `${plain.slice(0, MAX_HUB_LINE_CHARACTERS)}…` : plain;
}
