/** Lines of another program for our log: short, plain, and no more of them than anyone reads. */
import type { Readable } from 'node:stream';
import type { Clock } from '../../clock.js';

export interface LineLog {
  write(line: string): void;
  /** Everything the stream brings, line by line. */
  read(stream: Readable): void;
}

const MAX_LINE_CHARACTERS = 1_000;
const MAX_LINES_PER_MINUTE = 60;
const MINUTE_MS = 60_000;

export function createLineLog(log: (line: string) => void, clock: Clock): LineLog {
  let minuteEndsAt = clock.now() + MINUTE_MS;
  let lines = 0;

  function write(line: string): void {
    if (clock.now() >= minuteEndsAt) {
      minuteEndsAt = clock.now() + MINUTE_MS;
      lines = 0;
    }
    lines += 1;
    if (lines < MAX_LINES_PER_MINUTE) log(plain(line).slice(0, MAX_LINE_CHARACTERS));
    else if (lines === MAX_LINES_PER_MINUTE) log('the radio process says more than is logged');
  }

  function read(stream: Readable): void {
    let rest = '';
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      const parts = (rest + text).split('\n');
      rest = (parts.pop() ?? '').slice(0, MAX_LINE_CHARACTERS);
      for (const line of parts) write(line);
    });
    stream.on('end', () => {
      if (rest !== '') write(rest);
    });
  }

  return { write, read };
}

/** Control characters could repaint a terminal: names of strangers' devices may be among the words. */
function plain(line: string): string {
  return line.replaceAll(/[\p{Cc}\s]+/gu, ' ').trim();
}
